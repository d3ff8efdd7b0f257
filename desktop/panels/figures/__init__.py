"""The five figures above everything: what is late, what comes next, how well it goes."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="figures",
        title="Figures",
        icon="ri.dashboard-line",
        duty="analysis",
        area="top",
        order=0,
        view="view:FiguresView",
        tables=("node_clock", "case", "control_measure", "property_clue"),
        framed=False,
    ),
)
