"""Responsibility (责任): a person's nodes, the late days caused, warnings read, one's own words."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="responsibility",
        title="Responsibility",
        icon="ri.user-star-line",
        duty="supervision",
        area="center",
        order=55,
        view="view:ResponsibilityView",
        tables=("case", "node_event", "suspension", "extension", "hold", "warning_reading"),
        with_panel="process_monitor",
    ),
)
