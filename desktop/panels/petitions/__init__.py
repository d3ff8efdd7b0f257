"""信访接待: petitions from the window to their close, the register of posted ones, the figures."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="petitions",
        title="Petitions",
        icon="ri.chat-voice-line",
        duty="petition",
        area="center",
        order=31,
        view="view:PetitionsView",
        count="queries:navigator_count",
        tables=("petition", "petition_act", "calendar_day"),
        with_panel="process_monitor",
        shortcut="F7",
    ),
    PanelSpec(
        id="petition_register",
        title="Posted petitions",
        icon="ri.pushpin-line",
        duty="petition",
        area="center",
        order=33,
        view="register_view:PetitionRegisterView",
        tables=("petition", "petition_act"),
        with_panel="process_monitor",
    ),
    PanelSpec(
        id="petition_board",
        title="Petition figures",
        icon="ri.dashboard-line",
        duty="petition",
        area="center",
        order=34,
        view="board_view:PetitionBoardView",
        tables=("petition", "petition_act"),
        with_panel="process_monitor",
    ),
)
