"""实时地图: who is where, how old that is, and what fences and watches say. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="live_map",
        title="Live map",
        icon="ri.map-pin-user-line",
        duty="remote_command",
        area="center",
        order=72,
        view="view:LiveMapView",
        count="queries:units_on_duty",
        tables=("duty_act", "unit"),
        attend="attending:start",
        perspectives=frozenset(("duty", "command")),
        with_panel="process_monitor",
        weight=3,
    ),
)
