"""Runs a self-test: line, sound, disk and pictures at once, each on its lane. UI thread.

What fails to be measured becomes a line that says why; nothing here ends without an answer.
"""

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.command.equipment import probes
from desktop.command.equipment.candidates import Candidate, Ground, device_of
from desktop.command.equipment.probes import FeedAnswer, FeedQuestion
from desktop.contract.context import PanelContext
from desktop.panels.equipment.audio import probe_audio
from desktop.rules.self_tests import (
    Audio,
    Limits,
    Link,
    Measured,
    SelfTestSheet,
    Storage,
    judge,
    load_self_test_law,
)

NO_HUB = "未连接共享库"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be tested: the ground, the things chosen of it, batteries as told (percent)."""

    ground: Ground
    things: tuple[Candidate, ...]
    batteries: Mapping[str, int]


class SelfTest(QObject):
    """One run. `progressed(part)` after "audio", "storage", "feeds", "link"; `judged(sheet)`."""

    progressed = Signal(str)
    judged = Signal(object)

    def __init__(
        self,
        context: PanelContext,
        order: Order,
        parent: QObject,
        audio: Callable[[], Audio] = probe_audio,
    ) -> None:
        super().__init__(parent)
        self._context, self._order, self._audio = context, order, audio
        self._left = {"audio", "storage", "feeds", "link"}
        self._measured = Measured(Link(), Audio(), Storage())
        self._answers: tuple[FeedAnswer, ...] = ()
        self._limits: Limits = load_self_test_law().on(context.today())

    def start(self) -> None:
        """Asks everything at once."""
        context, limits = self._context, self._limits
        if context.sync.state().phase == "off":
            self._on_link(Link(why=NO_HUB))
        else:
            tries = limits.tries.amount
            context.sync.ask(self, probes.link, tries, self._on_link, self._no_link)
        context.layout(
            self, probes.storage, self._order.ground.folder, self._on_storage, self._no_storage
        )
        urls = dict.fromkeys(url for one in self._order.things for url in one.urls)
        asked = tuple(FeedQuestion(url, url, limits.feed_wait.amount) for url in urls)
        if asked:
            silent = partial(self._no_feeds, asked)
            context.outside(self, probes.feeds, asked, self._on_feeds, silent)
        else:
            self._on_feeds(())
        self._measured = replace(self._measured, audio=self._audio())
        self._end("audio")

    def _on_link(self, found: Link) -> None:
        self._measured = replace(self._measured, link=found)
        self._end("link")

    def _no_link(self, sentence: str) -> None:
        self._on_link(Link(why=sentence.rstrip("。")))

    def _on_storage(self, found: Storage) -> None:
        self._measured = replace(self._measured, storage=found)
        self._end("storage")

    def _no_storage(self, sentence: str) -> None:
        self._on_storage(Storage(why=sentence.rstrip("。")))

    def _on_feeds(self, found: tuple[FeedAnswer, ...]) -> None:
        self._answers = found
        self._end("feeds")

    def _no_feeds(self, asked: Sequence[FeedQuestion], sentence: str) -> None:
        self._on_feeds(tuple(FeedAnswer(one.key, None, sentence.rstrip("。")) for one in asked))

    def _end(self, part: str) -> None:
        self._left.discard(part)
        self.progressed.emit(part)
        if not self._left:
            self.judged.emit(self._sheet())

    def _sheet(self) -> SelfTestSheet:
        context, order = self._context, self._order
        answers = {one.key: one for one in self._answers}
        devices = tuple(
            device_of(one, answers, order.batteries.get(one.item.id)) for one in order.things
        )
        lines = judge(replace(self._measured, devices=devices), self._limits, context.today())
        operation = order.ground.operation
        return SelfTestSheet(
            context.now().isoformat(timespec="seconds"),
            context.who.person_id or "",
            context.who.name,
            _device_name(),
            None if operation is None else operation.id,
            "" if operation is None else operation.name,
            lines,
        )


def _device_name() -> str:
    """The name of this machine, as its owner gave it."""
    return platform.node()
