"""审批: everything that waits for the decision of the person at the desk. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="approvals",
        title="Approvals",
        icon="ri.checkbox-multiple-line",
        duty="approvals",
        area="center",
        order=15,
        view="view:ApprovalsView",
        count="queries:waiting_count",
        personal=True,
        tables=(
            *("document", "document_act", "document_version", "objection", "delegation"),
            *("signing_rule", "supervision_letter", "matter", "absence", "membership", "person"),
        ),
        with_panel="process_monitor",
    ),
)
