"""签发权限表: who may do what with which document, its changes, powers and proof. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS = (
    PanelSpec(
        id="signing_matrix",
        title="Signing matrix",
        icon="ri.quill-pen-line",
        duty="approvals",
        area="center",
        order=16,
        view="view:SigningMatrixView",
        with_panel="process_monitor",
    ),
)
