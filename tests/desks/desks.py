"""Desks as processes: started, told, asked, killed."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.passphrase import PASSPHRASE

ACCOUNT = "钟岭"  # whose account of the machine the desk runs in; an invented name
ROOT = Path(__file__).resolve().parents[2]


class DeskProcess:
    """One desk; `tell` gives the first answer of the kind that the order causes."""

    def __init__(self, store: Path, hub: str) -> None:
        environment = {
            **os.environ,
            "EDESK_PASSPHRASE": PASSPHRASE,
            "QT_QPA_PLATFORM": "offscreen",
            "LOGNAME": ACCOUNT,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.desks.child", str(store), hub],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._ear = threading.Thread(target=self._hear, daemon=True)
        self._ear.start()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def order(self, do: str, **facts: Any) -> None:
        """Tells, without waiting for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **facts}) + "\n")
        self._process.stdin.flush()

    def hear(self, said: str, seconds: float = 90.0) -> dict[str, Any]:
        """The next line of that kind; others before it are dropped."""
        until = time.monotonic() + seconds
        while True:
            # Others may come all the while: a desk tells every change of its exchange.
            line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            assert line is not None, f"the desk ended before it said {said!r}"
            assert line["said"] != "refused" or said == "refused", line
            if line["said"] == said:
                return line

    def tell(self, do: str, said: str, **facts: Any) -> dict[str, Any]:
        """An order and its answer."""
        self.order(do, **facts)
        return self.hear(said)

    def rows(self, sql: str, *values: Any) -> list[list[Any]]:
        """Rows of the desk's replica."""
        found: list[list[Any]] = self.tell("query", "rows", sql=sql, values=list(values))["rows"]
        return found

    def kill(self) -> None:
        """kill −9."""
        self._process.kill()
        self._end()

    def _end(self, seconds: float = 30.0) -> int:
        code = self._process.wait(timeout=seconds)
        self._ear.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return code

    def close(self) -> int:
        """Closes the window as a person does; the exit code."""
        if self._process.poll() is None:
            self.order("quit")
        return self._end()
