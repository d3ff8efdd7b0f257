"""Typefaces of official documents: the court's own, else free ones; a chain for rare characters.

GB/T 9704—2012 names 小标宋, 仿宋, 楷体, 黑体 and 宋体. Which files are taken stands in
resources/circulars/typefaces.toml. They are embedded and subset, and no character is ever printed
as a box: what a typeface lacks comes from the next of its chain, and what none has is told before
anything is printed. Any thread.
"""

import os
import re
import threading
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

import resources
from desktop.circulars.faces import FACES, Face
from desktop.errors import OutsideError, UserError

_EM: Final = 1_000.0  # what reportlab counts the width of a character in
_BEYOND: Final = re.compile(r"(?<= )<([0-9A-F]{5,6})>")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one font, by the name it is registered under."""

    font: str
    text: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which file serves a typeface. `stand_in`: it is not the one the standard names."""

    face: Face
    name: str
    file: Path
    stand_in: bool


class _Font(TTFont):  # type: ignore[misc]
    """A font whose rare characters can be searched and copied, too.

    reportlab writes the code of a character beyond the first plane as one number; PDF asks for
    UTF-16 (ISO 32000-1, 9.10.3), and readers drop what they cannot make out.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        """As reportlab does, with the codes as PDF asks for them."""
        super().addObjects(doc)
        for name, made in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                made.content = _BEYOND.sub(_utf16, made.content)


def _utf16(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


class Typefaces:
    """Font files of `folders`, the first folder first. Raises OutsideError where a typeface has
    neither a file of its own nor a free one."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._lock = threading.RLock()
        self._files = _files(folders)
        self._fonts: dict[Path, TTFont | None] = {}
        with resources.path("circulars/typefaces.toml").open("rb") as file:
            self._wanted = tomllib.load(file)
        self._chains: dict[Face, list[Path]] = {}
        self.chosen: dict[Face, Chosen] = {}
        self._known: dict[tuple[Face, str], TTFont | None] = {}
        for face in FACES:
            self._choose(face, self._wanted[face])

    def font(self, face: Face) -> str:
        """The name under which the typeface itself is registered."""
        font = self._load(self.chosen[face].file)
        assert font is not None
        return str(font.fontName)

    def runs(self, text: str, face: Face) -> tuple[Run, ...]:
        """`text` in as few stretches as its characters allow. Raises UserError for a character
        that no font has; see `missing`."""
        fonts = [self._font_of(char, face) for char in text]
        if None in fonts:
            raise UserError(_sentence({"": self.missing(text)}))
        pairs = zip(fonts, text, strict=True)
        return tuple(
            Run(str(name), "".join(char for _, char in group))
            for name, group in groupby(pairs, key=lambda pair: pair[0] and pair[0].fontName)
        )

    def width(self, char: str, face: Face) -> float:
        """Of one character, as a share of the type size; 1 for a full-width one."""
        font = self._font_of(char, face)
        if font is None:
            raise UserError(_sentence({"": (char,)}))
        return float(font.face.charWidths.get(ord(char), font.face.defaultWidth)) / _EM

    def missing(self, text: str, face: Face = "text") -> tuple[str, ...]:
        """Characters that no font of the chain has, each once, in their order."""
        return tuple(dict.fromkeys(c for c in text if self._font_of(c, face) is None))

    def require(self, fields: Mapping[str, str]) -> None:
        """Raises UserError naming every field and character that cannot be printed, all at once."""
        found = {name: self.missing(text) for name, text in fields.items()}
        if any(found.values()):
            raise UserError(_sentence({name: chars for name, chars in found.items() if chars}))

    @property
    def stand_ins(self) -> tuple[Chosen, ...]:
        """Typefaces of the standard that another one stands in for."""
        return tuple(one for one in self.chosen.values() if one.stand_in)

    def _choose(self, face: Face, wanted: Mapping[str, Any]) -> None:
        for stand_in, names in ((False, wanted["own"]), (True, wanted["stand_in"])):
            for path in self._existing(names):
                if self._load(path) is not None:
                    self.chosen[face] = Chosen(face, str(wanted["name"]), path, stand_in)
                    self._chains[face] = [path, *self._existing(self._wanted["fallback"][face])]
                    return
        raise OutsideError(
            f"没有可嵌入的{wanted['name']}字体，无法生成公文：请重新运行安装步骤，或安装该字体。"
        )

    def _existing(self, names: Iterable[str]) -> list[Path]:
        found = (self._files.get(name.casefold()) for name in names)
        return [path for path in found if path is not None]

    def _font_of(self, char: str, face: Face) -> TTFont | None:
        wanted = (face, char)
        if wanted not in self._known:
            with self._lock:
                fonts = (self._load(path) for path in self._chains[face])
                self._known[wanted] = next((font for font in fonts if _has(font, char)), None)
        return self._known[wanted]

    def _load(self, path: Path) -> TTFont | None:
        """Registers a font the first time it is needed; None for one that cannot be embedded."""
        with self._lock:
            if path not in self._fonts:
                try:
                    font = _Font(f"desk-{path.stem}", str(path), subfontIndex=0)
                except TTFError:  # PostScript outlines, or no font at all: the next one may do
                    self._fonts[path] = None
                else:
                    pdfmetrics.registerFont(font)
                    self._fonts[path] = font
            return self._fonts[path]


@cache
def typefaces() -> Typefaces:
    """Those of this machine, looked for once."""
    return Typefaces(_folders())


def _has(font: TTFont | None, char: str) -> bool:
    return font is not None and ord(char) in font.face.charToGlyph


def _folders() -> list[Path]:
    """Where fonts lie: the user's, then the system's."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    local = os.environ.get("LOCALAPPDATA")
    windows = os.environ.get("WINDIR")
    return [
        data / "fonts",
        home / ".fonts",
        *([Path(local) / "Microsoft/Windows/Fonts"] if local else []),
        *([Path(windows) / "Fonts"] if windows else []),
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    ]


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for at, _inner, names in sorted(os.walk(folder)):
            for name in sorted(names):
                found.setdefault(name.casefold(), Path(at) / name)
    return found


def _sentence(found: Mapping[str, Sequence[str]]) -> str:
    parts = []
    for field, chars in found.items():
        named = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in chars)
        parts.append(f"{field}：{named}" if field else named)
    return f"下列字没有字体可以打印，请更换或安装含有它们的字体：{'；'.join(parts)}。"
