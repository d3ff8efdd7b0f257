"""Information exchange (信息交换): workbooks and logs come in, what cannot come in goes back."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="exchange",
        title="Information exchange",
        icon="ri.swap-box-line",
        duty="exchange",
        area="center",
        order=60,
        view="view:ExchangeView",
        tables=("import_run",),
        with_panel="process_monitor",
    ),
)
