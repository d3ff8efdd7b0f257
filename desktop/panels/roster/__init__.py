"""值班: who is on watch, swaps, attendance, the hand-over of what is open. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="roster",
        title="Watch",
        icon="ri.calendar-todo-line",
        duty="remote_command",
        area="center",
        order=77,
        view="view:RosterView",
        count="queries:count",
        personal=True,
        tables=("roster", "roster_act", "handover", "membership"),
        with_panel="process_monitor",
    ),
)
