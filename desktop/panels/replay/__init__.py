"""回放: an operation or a span again, everything of it on one time bar. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="replay",
        title="Replay",
        icon="ri.history-line",
        duty="remote_command",
        area="center",
        order=79,
        view="view:ReplayView",
        perspectives=frozenset(("duty", "command")),
        with_panel="process_monitor",
    ),
)
