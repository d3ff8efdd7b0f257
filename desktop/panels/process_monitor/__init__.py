"""流程监控: every node of every case, filtered and paged; and the time line of one case."""

from desktop.contract.panel import PanelSpec

_TABLES = ("case", "node_event", "suspension", "extension", "hold")

PANELS = (
    PanelSpec(
        id="process_monitor",
        title="Process monitor",
        icon="ri.node-tree",
        duty="process",
        area="center",
        order=10,
        view="view:ProcessMonitorView",
        count="queries:overdue_count",
        tables=_TABLES,
        perspectives=frozenset(("duty", "meeting", "print")),
        weight=3,
    ),
    PanelSpec(
        id="case_timeline",
        title="Case timeline",
        icon="ri.calendar-2-line",
        duty="process",
        area="right",
        order=20,
        view="timeline_view:CaseTimelineView",
        tables=(*_TABLES, "control_measure"),
        perspectives=frozenset(("duty", "meeting")),
        with_panel="derivation",
    ),
)
