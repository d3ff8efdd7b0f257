"""周通报: circulars made from figures, from the frozen week to the last receipt. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="weekly",
        title="Weekly circular",
        icon="ri.bar-chart-2-line",
        duty="petition",
        area="center",
        order=32,
        view="view:WeeklyView",
        count="queries:open_circulars",
        tables=("document", "document_recipient", "objection"),
        with_panel="process_monitor",
    ),
)
