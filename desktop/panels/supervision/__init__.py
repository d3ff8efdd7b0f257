"""监督督办: letters about late nodes, from issue to a reviewed reply. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="supervision",
        title="Supervision",
        icon="ri.mail-send-line",
        duty="supervision",
        area="center",
        order=20,
        view="view:SupervisionView",
        count="queries:open_letters",
        tables=("supervision_letter", "letter_rung", "request"),
        daily="commands:fire_on_new_day",
        daily_text="{count} escalations of unanswered letters",
        with_panel="process_monitor",
        shortcut="F6",
    ),
)
