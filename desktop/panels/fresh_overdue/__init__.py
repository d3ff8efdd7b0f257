"""超期待通报: nodes that are overdue and that no circular has named (M66). Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="fresh_overdue",
        title="Overdue, to be named",
        icon="ri.alarm-warning-line",
        duty="naming",
        area="center",
        order=22,
        view="view:FreshOverdueView",
        count="queries:waiting",
        tables=("node_clock", "document", "objection"),
        daily="commands:tell_new",
        daily_text="{count} nodes have become overdue and no circular has named them",
        with_panel="process_monitor",
    ),
)
