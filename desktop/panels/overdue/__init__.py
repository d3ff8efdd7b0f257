"""Overdue nodes in two pictures: the trend of 26 weeks and the heat map of node × team."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="overdue_trend",
        title="Overdue trend",
        icon="ri.line-chart-line",
        duty="analysis",
        area="bottom",
        order=2,
        view="trend_view:OverdueTrendView",
        tables=("node_clock",),
    ),
    PanelSpec(
        id="overdue_heat",
        title="Overdue heat map",
        icon="ri.grid-line",
        duty="analysis",
        area="bottom",
        order=3,
        view="view:OverdueHeatView",
        tables=("node_clock",),
    ),
)
