"""案款发放: what officers ask to be paid out of a case's account, and what became of it."""

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
        count="queries:open_requests",
        tables=("request", "fund", "fund_entry", "case"),
        with_panel="process_monitor",
        shortcut="F9",
    ),
)
