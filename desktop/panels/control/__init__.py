"""Control-measure expiries (查控期限): what lapses when, and what lapsed unrenewed."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="control",
        title="Control expiries",
        icon="ri.lock-2-line",
        duty="control",
        area="center",
        order=30,
        view="view:ControlView",
        count="queries:navigator_count",
        tables=("control_measure", "case"),
        with_panel="process_monitor",
    ),
)
