"""Team staffing (团队编制): posts filled and missing on any day, police shifts, presence."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="teams",
        title="Team staffing",
        icon="ri.team-line",
        duty="teams",
        area="center",
        order=60,
        view="page:TeamsPage",
        count="queries:navigator_count",
        tables=("team", "membership", "person"),
        with_panel="process_monitor",
    ),
)
