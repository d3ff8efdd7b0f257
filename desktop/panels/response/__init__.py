"""响应时效: how soon teams answer and arrive, and what they have in hand. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="response",
        title="Response times",
        icon="ri.timer-flash-line",
        duty="remote_command",
        area="bottom",
        order=2,
        view="view:ResponseView",
        tables=("field_order", "field_order_act", "team"),
        with_panel="workload",
    ),
)
