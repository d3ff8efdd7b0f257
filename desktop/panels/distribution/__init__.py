"""参与分配: plans of distribution, served, objected to, settled, and paid. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="distribution",
        title="Distributions",
        icon="ri.pie-chart-2-line",
        duty="funds",
        area="center",
        order=64,
        view="view:DistributionView",
        count="queries:waiting_plans",
        tables=(
            *("distribution", "distribution_objection", "payment_order", "payment_act"),
            *("request", "fund", "case", "party"),
        ),
        with_panel="process_monitor",
    ),
)
