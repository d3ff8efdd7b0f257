"""案件查询: find a case by number, party or handler, and see all of it. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="case_query",
        title="Case enquiry",
        icon="ri.search-eye-line",
        duty="enquiry",
        area="center",
        order=30,
        view="view:CaseQueryView",
        tables=("case", "party", "node_event", "control_measure", "execution_log"),
        with_panel="process_monitor",
    ),
)
