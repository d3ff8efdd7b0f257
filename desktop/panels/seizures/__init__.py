"""现场查封: the form that is filled on the spot, its signature and what became of it. Discovery: no
Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="seizures",
        title="Seizures on the spot",
        icon="ri.camera-line",
        duty="remote_command",
        area="center",
        order=75,
        view="view:SeizuresView",
        count="queries:waiting_count",
        personal=True,
        tables=("seizure", "seizure_item", "seizure_photo", "attachment", "person", "case"),
        perspectives=frozenset(("duty", "field")),
        with_panel="process_monitor",
    ),
)
