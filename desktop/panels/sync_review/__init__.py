"""同步: what waits, what the hub decided against, and what a person makes of it."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="sync_review",
        title="Sync and tray",
        icon="ri.refresh-line",
        duty="exchange",
        area="center",
        order=70,
        view="view:SyncReviewView",
        count="queries:to_settle",
        tables=("request", "case", "control_measure", "supervision_letter"),
        with_panel="process_monitor",
    ),
)
