"""案款发放: payment orders from the wish to the bank's word, and what waits for whom."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="disbursement",
        title="Disbursements",
        icon="ri.money-cny-circle-line",
        duty="funds",
        area="center",
        order=60,
        view="view:DisbursementView",
        count="queries:waiting_count",
        personal=True,
        tables=("request", "payment_order", "payment_act", "fund_entry", "delegation", "person"),
        with_panel="process_monitor",
        shortcut="F9",
    ),
)
