"""案款监督: money that waits, by its clock, step and holder; delays; what nobody fetches. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="fund_watch",
        title="Fund watch",
        icon="ri.timer-flash-line",
        duty="funds",
        area="center",
        order=62,
        view="view:FundWatchView",
        count="queries:navigator_count",
        tables=(
            *("fund", "fund_entry", "payment_order", "payment_act", "payment_delay"),
            *("note", "calendar_day"),
        ),
        with_panel="process_monitor",
    ),
)
