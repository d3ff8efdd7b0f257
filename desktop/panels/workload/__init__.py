"""Team workload (团队负荷): open cases by team or handler, cases closed a week, and their lists."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="workload",
        title="Team workload",
        icon="ri.bar-chart-2-line",
        duty="analysis",
        area="bottom",
        order=1,
        view="view:WorkloadView",
        tables=("case", "node_clock"),
    ),
    PanelSpec(
        id="workload_cases",
        title="Case list",
        icon="ri.folder-open-line",
        duty="analysis",
        area="center",
        order=70,
        view="case_list:CaseListView",
        with_panel="process_monitor",
    ),
)
