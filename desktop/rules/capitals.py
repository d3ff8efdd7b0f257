"""Amounts in Chinese capitals (大写), as 支付结算办法 annex 1 《正确填写票据和结算凭证的基本规定》
wants them on a voucher. Pure; any thread.

壹仟零叁拾贰元伍角整: zeros in the middle are one 零, none stands at the end of a group; what ends
at the yuan or at the jiao ends with 整, what has fen does not.
"""

from typing import Final

from desktop.rules.money import AMOUNT_FEN_MAX

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")


def capitals(fen: int) -> str:
    """1_032_50 as 壹仟零叁拾贰元伍角整. ValueError for a negative amount and beyond ten
    trillion yuan, which no voucher bears."""
    if not 0 <= fen <= AMOUNT_FEN_MAX:
        raise ValueError(f"{fen} fen: no amount of a voucher")
    yuan, rest = divmod(fen, 100)
    jiao, last = divmod(rest, 10)
    if not fen:
        return "零元整"
    words = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{words}整"
    if jiao:
        # Behind a yuan that ends in a zero a 零 may stand or not; it is set, so that nothing fits
        # in between.
        gap = "零" if yuan and yuan % 10 == 0 else ""
        words += f"{gap}{DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return f"{words}{DIGITS[last]}分" if last else f"{words}整"


def _whole(number: int) -> str:
    """A whole number above nought, by groups of four digits."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    gap = False  # Whether digits were left out since the last word.
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = bool(words)
            if place == 2 and words:  # 万亿 is 万 of 亿: the 亿 is said once, at its own place.
                words += _GROUPS[2]
            continue
        if words and (gap or group < 1_000):
            words += "零"
        words += _group(group)
        words += "万" if place == 3 else _GROUPS[place]
        gap = group % 10 == 0
    return words


def _group(group: int) -> str:
    """1 to 9999 without a leading zero: 1030 is 壹仟零叁拾."""
    words = ""
    gap = False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + DIGITS[digit] + _PLACES[place]
        gap = False
    return words
