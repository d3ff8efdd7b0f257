"""Where the panels stand: the default of each perspective, and what the user made of it. UI thread.

Saved layouts survive what happens between two starts: a panel that is gone is left out, a new one
takes its default place, a window on a monitor that is gone comes back into the desk, and text that
is broken, foreign or too new gives the default with a notice instead of an empty window.

History of LAYOUT_VERSION
1  one state per perspective, with a checksum and the panels it knows.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from desktop.contract.panel import PanelSpec, Perspective
from desktop.settings import DeviceSettings
from desktop.shell.docks import Arrangement, Docks
from desktop.shell.registry import Registry

LAYOUT_VERSION: Final = 1
STATE_BYTES_MAX: Final = 1_000_000
_SHARES: Final[dict[str, tuple[float, float]]] = {
    "duty": (0.355, 0.235),
    "command": (0.4, 0.36),
    "meeting": (0.52, 0.34),
    "print": (0.0, 0.42),
    "wall": (0.0, 0.0),
    "field": (0.0, 0.0),
}


class BadLayoutError(ValueError):
    """The saved text is not a layout of this version."""


@dataclass(frozen=True, slots=True)
class SavedLayout:
    """The library's own bytes, and the panels that had a dock when they were saved."""

    state: bytes
    panels: tuple[str, ...]


def default_arrangement(registry: Registry, perspective: Perspective) -> Arrangement:
    """The default places in a perspective.

    Panels that share another one's place begin closed in the centre and as tabs elsewhere; in a
    meeting, where one case is talked about, nothing hides: they stand in the row below. A
    perspective that no panel names shows those of the duty desk.
    """
    named = registry.shown_in(perspective)
    specs = named or registry.shown_in("duty")
    here = {spec.id for spec in specs}
    firsts = [spec for spec in specs if spec.with_panel not in here]

    def tabs(spec: PanelSpec) -> tuple[str, ...]:
        return (spec.id, *(one.id for one in specs if one.with_panel == spec.id))

    def area(name: str) -> list[PanelSpec]:
        return [spec for spec in firsts if spec.areas.get(perspective, spec.area) == name]

    center = area("center")
    bottom_share, right_share = _SHARES[perspective]
    bottom = tuple(tabs(spec) for spec in area("bottom")) if perspective != "print" else ()
    if named and perspective == "meeting":
        bottom += tuple((spec.id,) for spec in specs if spec.with_panel in here)
    placed = {one for group in bottom for one in group}
    placed |= {spec.id for spec in firsts if spec.area in ("top", "right", "left")}
    first = (center[0].id,) if center else ()
    return Arrangement(
        top=tuple(spec.id for spec in area("top")) if perspective != "print" else (),
        center=first,
        bottom=bottom,
        right=tuple(spec.id for spec in (*area("right"), *area("left"))),
        closed=tuple(
            spec.id
            for spec in registry.specs
            if spec.id not in placed and spec.id not in first and spec.area == "center"
        ),
        bottom_share=bottom_share if bottom else 0.0,
        right_share=right_share,
        weights={spec.id: spec.weight for spec in area("bottom")},
    )


def encode(layouts: dict[str, SavedLayout]) -> str:
    """The text kept in the device's settings."""
    perspectives = {
        name: {
            "state": base64.b64encode(saved.state).decode(),
            "sha256": hashlib.sha256(saved.state).hexdigest(),
            "panels": list(saved.panels),
        }
        for name, saved in layouts.items()
    }
    return json.dumps({"version": LAYOUT_VERSION, "perspectives": perspectives})


def decode(text: str) -> dict[str, SavedLayout]:
    """Reads what `encode` wrote; empty text is no layout yet. Raises BadLayoutError.

    The checksum matters: the docking library uncompresses and obeys what it is given.
    """
    if not text:
        return {}
    try:
        found = json.loads(text)
        if found["version"] != LAYOUT_VERSION:
            raise BadLayoutError(f"version {found['version']!r}")
        return {str(name): _one(row) for name, row in found["perspectives"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise BadLayoutError(str(fault)) from fault


def _one(row: Any) -> SavedLayout:
    try:
        state = base64.b64decode(row["state"], validate=True)
    except binascii.Error as fault:
        raise BadLayoutError("state") from fault
    if len(state) > STATE_BYTES_MAX or hashlib.sha256(state).hexdigest() != row["sha256"]:
        raise BadLayoutError("checksum")
    return SavedLayout(state, tuple(str(name) for name in row["panels"]))


class LayoutKeeper(QObject):
    """Saves and restores the docks of one window, a layout per perspective."""

    noticed = Signal(str)

    def __init__(
        self,
        docks: Docks,
        registry: Registry,
        device: DeviceSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._docks = docks
        self._registry = registry
        self._device = device
        self._perspective: Perspective | None = None
        self._layouts: dict[str, SavedLayout] | None = None
        self._complained = False

    @property
    def locked(self) -> bool:
        """Whether docks may not be moved."""
        return self._device.get("layout_locked") == "1"

    def set_locked(self, locked: bool) -> None:
        """Locks or unlocks, kept for the next start."""
        self._device.set("layout_locked", "1" if locked else "0")
        self._docks.set_locked(locked)

    def enter(self, perspective: Perspective, size: tuple[int, int]) -> None:
        """Keeps the arrangement being left and shows that of `perspective`."""
        first = self._perspective is None
        if not first:
            self.keep()
        self._perspective = perspective
        saved = self._all().get(perspective)
        # The library forbids a locked dock to move, also when it is the desk that moves it.
        self._docks.set_locked(False)
        if first or saved is None:
            # Docks that were never placed are unknown to the library, and so to a saved layout.
            self._arrange(size)
        if saved is not None and not self._restore(saved):
            self._complain()
            self._arrange(size)
        self._docks.set_locked(self.locked)

    def reset(self, size: tuple[int, int]) -> None:
        """The default arrangement of the perspective in force."""
        if self._perspective is None:
            return
        self._all().pop(self._perspective, None)
        self._docks.set_locked(False)
        self._arrange(size)
        self._docks.set_locked(self.locked)
        self.keep()

    def share_room(self, size: tuple[int, int]) -> None:
        """Larger or smaller text needs other sizes; docks stay where they are."""
        if self._perspective is not None:
            self._docks.share_room(default_arrangement(self._registry, self._perspective), size)

    def keep(self) -> None:
        """Saves the arrangement of the perspective in force."""
        if self._perspective is None:
            return
        layouts = self._all()
        layouts[self._perspective] = SavedLayout(self._docks.save(), self._docks.ids())
        self._device.set("layout", encode(layouts))

    def bring_back_lost(self) -> None:
        """Docks what floats on a monitor that is gone, and says so."""
        lost = self._docks.dock_back_lost(self._center())
        if lost:
            self.noticed.emit(self.tr("A monitor is gone; the panels on it were docked again."))

    def _arrange(self, size: tuple[int, int]) -> None:
        assert self._perspective is not None
        self._docks.arrange(default_arrangement(self._registry, self._perspective), size)

    def _restore(self, saved: SavedLayout) -> bool:
        if not self._docks.restore(saved.state):
            return False
        new = [name for name in self._docks.ids() if name not in saved.panels]
        self._docks.place_missing(new, self._center())
        self.bring_back_lost()
        # A layout all of whose panels are gone, or closed, would leave an empty window.
        return any(self._docks.is_open(name) for name in self._docks.ids())

    def _center(self) -> str | None:
        names: Sequence[str] = default_arrangement(self._registry, "duty").center
        return names[0] if names else None

    def _all(self) -> dict[str, SavedLayout]:
        if self._layouts is None:
            try:
                self._layouts = decode(self._device.get("layout"))
            except BadLayoutError:
                self._layouts = {}
                self._complain()
        return self._layouts

    def _complain(self) -> None:
        if not self._complained:
            self._complained = True
            self.noticed.emit(
                self.tr("The saved layout could not be used; the default layout is shown.")
            )
