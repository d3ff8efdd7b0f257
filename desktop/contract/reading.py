"""What it means to read a record: the words of the who-read log (阅卷记录)."""

from dataclasses import dataclass
from typing import Final, Literal

Act = Literal["open", "print", "export"]
CASE: Final = "案件"
ACT_WORDS: Final[dict[Act, str]] = {"open": "查看", "print": "打印", "export": "导出"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A sealed case that somebody wants to open."""

    case_id: str
    number: str
