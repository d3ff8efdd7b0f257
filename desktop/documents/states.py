"""The states of a document in words, and the look of each. Pure; any thread."""

from collections.abc import Mapping
from typing import Final

STATE_WORDS: Final[Mapping[str, str]] = {
    "draft": "拟稿中",
    "replying": "征求意见",
    "checking": "审核中",
    "signing": "待签发",
    "signed": "已签发",
    "issued": "已印发",
    "recalled": "已撤销",
}
STATE_STYLES: Final[Mapping[str, str]] = {
    "draft": "paused",
    "replying": "due_soon",
    "checking": "due_soon",
    "signing": "due_soon",
    "signed": "normal",
    "issued": "done",
    "recalled": "done_late",
}
