"""公文与上传下达: official documents from draft to receipt, and notices up and down. No Qt."""

from desktop.contract.panel import PanelSpec

PANELS: tuple[PanelSpec, ...] = ()
