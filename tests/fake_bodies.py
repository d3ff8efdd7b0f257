"""A BodyDoor for tests: keeps what it is given in memory, at once."""

import hashlib
from collections.abc import Callable
from typing import Any

from desktop.contract.bodies import Body, BodyFile


class FakeBodies:
    """`kept` holds bodies by hash; `refusal` is what the next files are refused with."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.refusal = ""

    def keep(
        self,
        owner: Any,
        files: tuple[BodyFile, ...],
        on_result: Callable[[tuple[Body, ...]], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """As the desk does, without sealing."""
        if self.refusal and on_error is not None:
            on_error(self.refusal)
            return
        made = []
        for file in files:
            data = file.path.read_bytes()
            sha = hashlib.sha256(data).hexdigest()
            self.kept[sha] = data
            made.append(Body(sha, len(data), file.mime))
        on_result(tuple(made))

    def fetch(
        self,
        owner: Any,
        body: Body,
        on_result: Callable[[bytes | None], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """What was kept, or nothing."""
        on_result(self.kept.get(body.sha256))
