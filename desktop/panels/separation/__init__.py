"""审执分离: who judges what he carried out, cases that belong together, who may sit. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="separation",
        title="Separation of judging and execution",
        icon="ri.scales-3-line",
        duty="supervision",
        area="center",
        order=46,
        view="view:SeparationView",
        count="queries:navigator_count",
        tables=("case", "hold", "membership", "document", "document_act", "case_kin", "party"),
        with_panel="process_monitor",
        attend="attending:start",
    ),
)
