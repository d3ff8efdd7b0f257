"""Passive enforcement (消极执行): cases that trip a rule, with the evidence."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="passive",
        title="Passive enforcement",
        icon="ri.alarm-warning-line",
        duty="passive",
        area="center",
        order=40,
        view="view:PassiveView",
        count="queries:navigator_count",
        tables=(
            *("case", "node_clock", "node_event", "execution_log", "suspension"),
            *("control_measure", "property_clue"),
        ),
        with_panel="process_monitor",
    ),
)
