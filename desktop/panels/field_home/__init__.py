"""现场: the home of the desk in the hand. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="field_home",
        title="In the field",
        icon="ri.walk-line",
        duty="remote_command",
        area="center",
        order=5,
        view="view:FieldHomeView",
        tables=(
            *("case", "party", "field_order", "field_order_act", "seizure", "seizure_item"),
            *("document", "document_act", "measure_act", "membership", "node_clock"),
        ),
        perspectives=frozenset(("field",)),
        with_panel="process_monitor",
    ),
)
