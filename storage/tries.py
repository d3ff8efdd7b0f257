"""Wrong passphrases in a row, counted beside the store: after five, each next try has to wait.

The count slows down who sits at this desk. A copied folder can be tried without it; what protects
a copy are the 256,000 rounds of the key. Any thread; one process holds the folder's lock.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from storage.faults import TooManyTries, WrongPassphrase

FILE: Final = "tries.json"
FREE: Final = 5
FIRST: Final = timedelta(seconds=30)
MOST: Final = timedelta(minutes=15)


def pause_after(failed: int) -> timedelta:
    """How long the next try waits after so many wrong ones: nothing for five, then 30 s doubled
    each time, at most 15 minutes."""
    if failed < FREE:
        return timedelta(0)
    return min(FIRST * (1 << min(failed - FREE, 10)), MOST)


def proven(folder: Path, is_right: Callable[[], bool]) -> None:
    """Lets `is_right` decide, unless the last wrong try is too fresh.

    Raises TooManyTries before anything is tried, WrongPassphrase after a wrong one.
    """
    failed, last = _read(folder)
    now = datetime.now().astimezone()
    # A clock set back must not make the pause longer than it ever was.
    left = min(last + pause_after(failed) - now, pause_after(failed)) if last else timedelta(0)
    if left > timedelta(0):
        raise TooManyTries(
            f"口令已连续输错 {failed} 次，请在 {_words(left)}后再试。数据文件未作任何改动。",
            wait_s=left.total_seconds(),
        )
    if is_right():
        with suppress(OSError):
            (folder / FILE).unlink(missing_ok=True)
        return
    _write(folder, failed + 1, now)
    pause = pause_after(failed + 1)
    advice = "请重新输入口令。"
    if pause:
        advice = f"已连续输错 {failed + 1} 次，{_words(pause)}后可再试。"
    raise WrongPassphrase(f"口令不正确，数据文件未作任何改动。{advice}")


def _read(folder: Path) -> tuple[int, datetime | None]:
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
        return int(found["failed"]), datetime.fromisoformat(found["last"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, None


def _write(folder: Path, failed: int, now: datetime) -> None:
    """A folder that cannot be written has its own sentence later; it must not hide this one."""
    text = json.dumps({"failed": failed, "last": now.isoformat(timespec="milliseconds")})
    part = folder / (FILE + ".part")
    with suppress(OSError):
        part.write_text(text, "utf-8")
        part.replace(folder / FILE)


def _words(span: timedelta) -> str:
    seconds = max(1, round(span.total_seconds()))
    return f"{seconds} 秒" if seconds < 120 else f"{-(-seconds // 60)} 分钟"
