"""图像: live feeds on a grid, and the pictures that were taken from them. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="feeds",
        title="Live pictures",
        icon="ri.live-line",
        duty="remote_command",
        area="center",
        order=73,
        view="view:FeedsView",
        tables=("feed", "snapshot", "operation", "operation_act", "team"),
        perspectives=frozenset(("duty", "command", "wall")),
        areas={"command": "bottom"},
        with_panel="process_monitor",
    ),
)
