"""调警: police asked of the corps, sent on by the bureau chief alone. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="police",
        title="Police requests",
        icon="ri.shield-user-line",
        duty="remote_command",
        area="center",
        order=74,
        view="view:PoliceView",
        count="queries:count",
        personal=True,
        tables=("police_request", "police_act", "person", "team"),
        with_panel="process_monitor",
    ),
)
