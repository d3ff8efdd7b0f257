"""Who looked at which record (阅卷记录): opened, printed, exported, with the stated purpose."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="read_log",
        title="Who-read log",
        icon="ri.eye-line",
        duty="exchange",
        area="center",
        order=76,
        view="view:ReadLogView",
        with_panel="process_monitor",
    ),
)
