"""出差包: the cases of a trip, chosen by route and due days, sealed for this device."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="field_pack",
        title="Field pack",
        icon="ri.suitcase-line",
        duty="exchange",
        area="center",
        order=80,
        view="view:FieldPackView",
        with_panel="process_monitor",
    ),
)
