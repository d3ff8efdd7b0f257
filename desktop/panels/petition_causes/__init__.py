"""信访成因: open cases that may bring a petition, why, and how far such lists were right before."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="petition_causes",
        title="Petition causes",
        icon="ri.seedling-line",
        duty="petition",
        area="center",
        order=36,
        view="view:PetitionCausesView",
        tables=("petition",),
        with_panel="petitions",
    ),
)
