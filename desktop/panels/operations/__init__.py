"""行动: plan, approval, the running board with its check-ins, the log and the report. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="operations",
        title="Operations",
        icon="ri.flag-2-line",
        duty="remote_command",
        area="center",
        order=71,
        view="view:OperationsView",
        count="queries:running_count",
        tables=("operation", "operation_act", "operation_group", "checkin"),
        attend="attending:start",
        perspectives=frozenset(("duty", "command")),
        areas={"command": "bottom"},
        with_panel="process_monitor",
    ),
)
