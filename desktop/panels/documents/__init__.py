"""公文与上传下达: official documents from draft to receipt, and notices up and down. No Qt."""

from desktop.contract.panel import PanelSpec

_TABLES = (
    *("document", "document_version", "document_act", "document_recipient", "document_file"),
    *("objection", "request"),
)

PANELS = (
    PanelSpec(
        id="documents",
        title="Documents",
        icon="ri.file-text-line",
        duty="documents",
        area="center",
        order=60,
        view="view:DocumentsView",
        count="queries:open_documents",
        tables=_TABLES,
        with_panel="process_monitor",
    ),
    PanelSpec(
        id="notices",
        title="Notices",
        icon="ri.mail-open-line",
        duty="documents",
        area="center",
        order=61,
        view="notices_view:NoticesView",
        count="notice_queries:unread_notices",
        personal=True,
        tables=("document", "document_recipient"),
        with_panel="process_monitor",
    ),
)
