"""为何超期: every date of a node, explained so that a clerk can recount it. Discovery: no Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="derivation",
        title="Why overdue",
        icon="ri.question-answer-line",
        duty="process",
        area="right",
        order=10,
        view="view:DerivationView",
        tables=("case", "node_event", "suspension", "extension", "hold"),
        perspectives=frozenset(("duty", "meeting", "print")),
    ),
)
