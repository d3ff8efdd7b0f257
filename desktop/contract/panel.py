"""What a panel says about itself. A panel folder exports `PANELS: tuple[PanelSpec, ...]`.

Discovery imports no Qt: the view is named as text and loaded when it is first shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # Discovery reads specs before the law is loaded; loading it takes longer.
    from desktop.contract.law import Law

Area = Literal["top", "center", "bottom", "right", "left"]
# 值班 指挥 会商 打印 大屏 现场
Perspective = Literal["duty", "command", "meeting", "print", "wall", "field"]


@dataclass(frozen=True, slots=True)
class DailyArgs:
    """What a panel's daily command gets."""

    today: date
    law: "Law"


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One dock.

    id: stable, also the dock's object name. title: English source text, translated in the Qt
    context "Panel". icon: a QtAwesome name. duty: key of a duty in resources/duties.toml. area:
    where the dock goes at first; areas: where in a perspective that differs. order: within the
    area. view: "view:ClassName", a QWidget taking (context, parent). count: "queries:function"
    taking (connection, today) and giving (number, style key), shown live in the navigator; empty
    for none. personal: the count takes the id of the person at the keyboard as well, None for
    nobody. tables: the tables whose change makes the count stale. daily: "commands:function" taking
    (connection, DailyArgs), run after the start and on each new day in a write of its own; it gives
    how much it did, and more than nothing is told with `daily_text` (English source in the context
    "Panel", with "{count}"). attend: "attending:start" taking (context, owner), called once on the
    UI thread when the store is open and the window stands, whether the view exists or not; what it
    gives is kept until the window closes. It may connect to the context's signals, start timers as
    children of `owner`, read, write and notify, but shows nothing itself. framed: False for a strip
    without title and card.
    with_panel: shares a tab group with that panel instead of splitting its area; in the centre such
    a panel stays closed until it is asked for.
    shortcut: opens the panel for what is selected; its view gets apply({"new": "1", "case_id",
    "node_code", "subject"}) with the parts the selection has.
    """

    id: str
    title: str
    icon: str
    duty: str
    area: Area
    order: int
    view: str
    count: str = ""
    personal: bool = False
    tables: tuple[str, ...] = ()
    daily: str = ""
    daily_text: str = ""
    attend: str = ""
    perspectives: frozenset[Perspective] = field(default_factory=lambda: frozenset(("duty",)))
    framed: bool = True
    with_panel: str = ""
    shortcut: str = ""
    areas: Mapping[Perspective, Area] = field(default_factory=dict)
    weight: int = 1
    package: str = ""  # filled in by the registry
