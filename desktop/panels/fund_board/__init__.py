"""案款总览: where every fen is at any moment, each account, how long money lies."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="fund_board",
        title="Money overview",
        icon="ri.scales-3-line",
        duty="funds",
        area="center",
        order=59,
        view="view:FundBoardView",
        tables=("fund", "fund_entry"),
        with_panel="process_monitor",
    ),
)
