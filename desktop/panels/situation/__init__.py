"""Case situation (案件情况): received, closed and open, how closed, how many in time."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="situation",
        title="Case situation",
        icon="ri.pie-chart-line",
        duty="analysis",
        area="center",
        order=65,
        view="view:SituationView",
        tables=("case", "node_clock"),
        with_panel="process_monitor",
    ),
)
