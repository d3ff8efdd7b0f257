"""到账认领: statements of the bank, and whose money their lines are. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="bank_statements",
        title="Bank statements",
        icon="ri.bank-line",
        duty="funds",
        area="center",
        order=61,
        view="view:BankStatementsView",
        count="queries:open_lines",
        tables=("bank_line", "fund_entry", "request", "bank_match"),
        with_panel="process_monitor",
    ),
)
