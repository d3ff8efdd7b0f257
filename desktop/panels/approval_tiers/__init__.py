"""审批层级: who approves how much money on a day, and how that is changed. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="approval_tiers",
        title="Approval tiers",
        icon="ri.organization-chart",
        duty="funds",
        area="center",
        order=68,
        view="view:ApprovalTiersView",
        with_panel="process_monitor",
    ),
)
