"""对账结账: bank × ledger × cases of a day, and the month that two persons close. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="fund_close",
        title="Reconcile and close",
        icon="ri.file-check-line",
        duty="funds",
        area="center",
        order=63,
        view="view:FundCloseView",
        count="queries:months_to_close",
        tables=("fund_entry", "ledger_period"),
        with_panel="process_monitor",
    ),
)
