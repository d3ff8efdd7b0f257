"""Dormant cases (僵尸案): open, old, nothing in hand, nothing done; and the way out of each."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="zombie",
        title="Dormant cases",
        icon="ri.zzz-line",
        duty="zombie",
        area="center",
        order=50,
        view="view:ZombieView",
        count="queries:navigator_count",
        tables=(
            *("case", "party", "node_clock", "node_event", "execution_log", "suspension"),
            *("control_measure", "property_clue"),
        ),
        with_panel="process_monitor",
    ),
)
