"""工作动态: short reports, posted to everybody once another approved them. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="bulletins",
        title="Bulletins",
        icon="ri.newspaper-line",
        duty="analysis",
        area="center",
        order=65,
        view="view:BulletinsView",
        count="queries:count",
        personal=True,
        tables=("bulletin", "person"),
        with_panel="process_monitor",
    ),
)
