"""`edesk screenshot`: a picture of one panel, of every panel or of the desk. Opens the real window.

Nothing is timed: the picture is taken when no request is outstanding, every visible view exists
and the plots have had their paint interval.
"""

import argparse
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from desktop.cli.arguments import picture
from desktop.errors import UserError
from desktop.settings import default_store

if TYPE_CHECKING:
    from desktop.bootstrap import Desk

NAME: Final = "screenshot"
HELP: Final = "为一个面板或整个指挥台截图"
DEADLINE_MS: Final = 600_000
# Plots store what they are given and paint on a timer of 100 ms.
PAINT_MS: Final = 400
# Larger pictures than an 8K wall cannot be painted in one piece.
SIDES: Final = (320, 7680)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. panel: an id, "desk" for the whole window, "every" for a folder of all."""

    store: Path
    out: Path
    panel: str = "desk"
    theme: Literal["dark", "light"] = "dark"
    size: tuple[int, int] = (1920, 1080)
    perspective: str = "duty"
    demo: bool = False
    cases: int = 50_000
    language: str | None = None


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--store", type=Path, metavar="DIR", help="数据文件夹")
    parser.add_argument("--panel", default="desk", metavar="ID", help="面板，或 desk、every")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help="深色或浅色")
    parser.add_argument("--size", type=_size, default=(1920, 1080), metavar="宽x高", help="像素")
    parser.add_argument(
        "--perspective",
        choices=("duty", "command", "meeting", "print", "wall", "field"),
        default="duty",
        help="视图",
    )
    parser.add_argument("--lang", choices=("zh_CN", "en"), help="界面语言")
    parser.add_argument("out", type=picture, metavar="OUT.png", help="图片；every 时为文件夹")


def run(args: argparse.Namespace) -> int:
    """Takes the picture."""
    return take(
        Shot(
            store=args.store or default_store(),
            out=args.out,
            panel=args.panel,
            theme=args.theme,
            size=args.size,
            perspective=args.perspective,
            language=args.lang,
        )
    )


def take(shot: Shot) -> int:
    """Opens the window, waits until it is painted, writes the picture. Raises UserError."""
    if not shot.demo and not (shot.store / "replica.db").exists():
        raise UserError(f"文件夹中没有数据：{shot.store}")
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.bootstrap import Desk, Options, make_application  # noqa: PLC0415  Qt from here on.

    app = make_application()
    options = Options(
        shot.store,
        shot.demo,
        shot.cases,
        theme=shot.theme,
        language=shot.language,
        size=shot.size,
        remember=False,
    )
    desk = Desk(app, options)
    if shot.panel not in ("desk", "every") and desk.window.registry.find(shot.panel) is None:
        desk.close()
        raise UserError(f"没有这个面板：{shot.panel}")
    taking = _Taking(desk, shot)
    try:
        taking.run()
    finally:
        desk.window.close()
        desk.close()
    return 0


class _Taking:
    """Takes one picture after another, each when the desk has settled."""

    def __init__(self, desk: "Desk", shot: Shot) -> None:
        from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415

        self._desk = desk
        self._shot = shot
        self._refusal: str | None = None
        self._loop = QEventLoop()
        self._paint = QTimer()
        self._paint.setSingleShot(True)
        self._paint.setInterval(PAINT_MS)
        self._paint.timeout.connect(self._on_painted)
        self._deadline = QTimer()
        self._deadline.setSingleShot(True)
        self._deadline.setInterval(DEADLINE_MS)
        self._deadline.timeout.connect(lambda: self._stop("截图超时。"))
        self._waiting: list[str] = []

    def run(self) -> None:
        """Returns when the pictures are written; raises UserError."""
        desk = self._desk
        desk.ready.connect(self._on_ready)
        desk.refused.connect(lambda why: self._stop(why or "请用 EDESK_PASSPHRASE 提供口令。"))
        desk.window.settled.connect(self._paint.start)
        desk.window.show()
        self._deadline.start()
        desk.open()
        self._loop.exec()
        self._deadline.stop()
        self._paint.stop()
        if self._refusal is not None:
            raise UserError(self._refusal)

    def _on_ready(self) -> None:
        window = self._desk.window
        if self._shot.panel == "every":
            self._waiting = [spec.id for spec in window.registry.specs]
            self._shot.out.mkdir(parents=True, exist_ok=True)
        else:
            self._waiting = [self._shot.panel]
        if self._shot.perspective != "duty":
            window.enter(self._shot.perspective)
        self._show(self._waiting[0])

    def _show(self, panel: str) -> None:
        if panel != "desk":
            self._desk.window.open_panel(panel)
        self._desk.context.settle()

    def _on_painted(self) -> None:
        if self._desk.context.outstanding or not self._waiting:
            return
        panel = self._waiting.pop(0)
        many = self._shot.panel == "every"
        path = self._shot.out / f"{panel}.png" if many else self._shot.out
        if not self._grab(panel, path):
            self._stop(f"图片无法写入：{path}")
        elif self._waiting:
            self._show(self._waiting[0])
        else:
            self._loop.quit()

    def _grab(self, panel: str, path: Path) -> bool:
        window = self._desk.window
        widget: Any = window
        if panel != "desk" and window.desk is not None:
            host = window.desk.host(panel)
            if host is None or host.failed:
                self._refusal = f"面板打不开：{panel}"
            # With its title and card, as it stands in the window.
            widget = window.desk.docks.frame(panel) or window
        path.parent.mkdir(parents=True, exist_ok=True)
        return bool(widget.grab().save(str(path), "PNG"))

    def _stop(self, sentence: str) -> None:
        self._refusal = self._refusal or sentence
        self._loop.quit()


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,5})[x×X]([0-9]{1,5})", text)
    if found is None:
        raise argparse.ArgumentTypeError("尺寸写作 宽x高，例如 1920x1080")
    width, height = int(found[1]), int(found[2])
    if not (SIDES[0] <= width <= SIDES[1] and SIDES[0] <= height <= SIDES[1]):
        raise argparse.ArgumentTypeError(f"边长应在 {SIDES[0]} 与 {SIDES[1]} 像素之间：{text}")
    return width, height
