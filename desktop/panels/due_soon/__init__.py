"""What falls due in the next fourteen days (未来十四日到期)."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="due_soon",
        title="Due in 14 days",
        icon="ri.calendar-todo-line",
        duty="analysis",
        area="bottom",
        order=4,
        view="view:DueSoonView",
        tables=("node_clock",),
        with_panel="overdue_trend",
    ),
)
