"""提到我的: notes that mention whoever sits here, and hand-overs to him. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="mentions",
        title="Mentions",
        icon="ri.at-line",
        duty="mentions",
        area="center",
        order=62,
        view="view:MentionsView",
        count="queries:waiting",
        personal=True,
        tables=("note", "note_mention"),
        with_panel="process_monitor",
    ),
)
