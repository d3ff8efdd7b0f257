"""计算器: court fees, interest for delayed performance, a quick distribution. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="calculators",
        title="Calculators",
        icon="ri.calculator-line",
        duty="funds",
        area="center",
        order=66,
        view="view:CalculatorsView",
        with_panel="process_monitor",
    ),
)
