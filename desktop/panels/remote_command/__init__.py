"""指令: orders to teams in the field, from draft to done, told again while nobody answers."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="remote_command",
        title="Orders",
        icon="ri.send-plane-2-line",
        duty="remote_command",
        area="center",
        order=70,
        view="view:RemoteCommandView",
        count="queries:waiting_count",
        personal=True,
        tables=("field_order", "field_order_act", "membership"),
        attend="attending:start",
        perspectives=frozenset(("duty", "command")),
        areas={"command": "right"},
        with_panel="process_monitor",
        shortcut="F12",
    ),
)
