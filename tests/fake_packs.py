"""A PackDoor for tests: remembers what it was asked and answers at once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop.contract.packs import PackOpened, PacksReturned


class FakePacks:
    """`refusal` is what the next act is refused with; `opened` the files, `returns` how often."""

    def __init__(self) -> None:
        self.opened: list[Path] = []
        self.returns = 0
        self.refusal = ""

    def open(
        self,
        owner: Any,
        path: Path,
        on_result: Callable[[PackOpened], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """One case with nine rows that ends on 5 December."""
        if self.refusal and on_error is not None:
            on_error(self.refusal)
            return
        self.opened.append(path)
        on_result(PackOpened(1, 9, datetime.fromisoformat("2026-12-05T18:00:00+08:00")))

    def give_back(
        self,
        owner: Any,
        on_result: Callable[[PacksReturned], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """One pack of nine rows."""
        self.returns += 1
        on_result(PacksReturned(1, 9))
