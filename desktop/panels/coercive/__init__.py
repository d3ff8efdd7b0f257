"""强制措施: fine, summons and detention from the draft to their end, each decided by itself."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="coercive",
        title="Coercive measures",
        icon="ri.scales-3-line",
        duty="approvals",
        area="center",
        order=16,
        view="view:CoerciveView",
        count="queries:waiting_count",
        personal=True,
        attend="attending:start",
        tables=(
            *("document", "document_act", "document_version", "measure_act", "delegation"),
            *("signing_rule", "absence", "membership", "person"),
        ),
        with_panel="process_monitor",
    ),
)
