"""用户与设备: who may log in to the shared database, with which roles and scopes, from where."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="accounts",
        title="Users and devices",
        icon="ri.shield-user-line",
        duty="exchange",
        area="center",
        order=74,
        view="view:AccountsView",
        with_panel="process_monitor",
    ),
)
