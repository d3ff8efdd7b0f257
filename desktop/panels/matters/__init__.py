"""舆情与重大问题汇报: what waits for an answer, and what was decided. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="matters",
        title="Public opinion and briefs",
        icon="ri.megaphone-line",
        duty="analysis",
        area="center",
        order=64,
        view="view:MattersView",
        count="queries:overdue_count",
        tables=("matter", "matter_act", "person", "case"),
        with_panel="process_monitor",
    ),
)
