"""技术装备: register and custody chain, faults and their repair, the self-test (设备自检)."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="equipment",
        title="Equipment",
        icon="ri.tools-line",
        duty="remote_command",
        area="center",
        order=76,
        view="view:EquipmentView",
        count="queries:navigator_count",
        tables=("equipment", "equipment_act"),
        with_panel="process_monitor",
        attend="attending:start",
    ),
)
