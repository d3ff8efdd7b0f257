"""Reads what an enquirer types, and says posts, roles and kinds in words. Pure; any thread."""

from collections.abc import Mapping
from typing import Final

from desktop.rules.case_number import CaseNumberError, parse

TEXT_MAX: Final = 80
ROLE_WORDS: Final[Mapping[str, str]] = {
    "applicant": "申请执行人",
    "debtor": "被执行人",
    "outsider": "案外人",
}
KIND_WORDS: Final[Mapping[str, str]] = {
    "natural": "自然人",
    "enterprise": "企业",
    "other": "其他组织",
}
ASSET_WORDS: Final[Mapping[str, str]] = {
    "deposit": "银行存款",
    "movable": "动产",
    "immovable": "不动产",
    "right": "其他财产权",
}
LOG_WORDS: Final[Mapping[str, str]] = {"act": "办理", "note": "记事", "call": "联系"}
_FOLD: Final = str.maketrans(
    {
        **dict.fromkeys("([〔［【", "（"),
        **dict.fromkeys(")]〕］】", "）"),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        " ": None,
        "\u3000": None,
    }
)


def number_part(text: str) -> str:
    """A whole number as it is kept; a part of one with its brackets and digits made usual."""
    cut = text.strip()[:TEXT_MAX]
    try:
        return parse(cut).case()
    except CaseNumberError:
        return cut.translate(_FOLD)


def masked(identity: str | None) -> str:
    """An identity number with its middle hidden: enough to tell two people apart."""
    if not identity:
        return ""
    if len(identity) < 8:
        return "*" * len(identity)
    return f"{identity[:4]}{'*' * (len(identity) - 8)}{identity[-4:]}"
