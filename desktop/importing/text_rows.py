"""Rows out of CSV and JSON text, piece by piece. Pure; any thread.

JSON is decoded one object at a time: decoding a large file in one call would hold the interpreter
for seconds.
"""

import csv
import json
import math
from collections.abc import Iterator, Sequence
from typing import IO, Final

from desktop.errors import UserError

_PIECE: Final = 1 << 15
_OBJECT_CHARS_MAX: Final = 1 << 20
_HEAD_OBJECTS: Final = 50
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_SNIFFED_CHARS: Final = 1 << 14
_CELL_CHARS_MAX: Final = 1 << 17


def sniff_delimiter(stream: IO[str]) -> str:
    """The sign that parts the most columns in most of the first lines; a comma when in doubt.

    Signs inside quotes do not count. The stream stands at its start again afterwards.
    """
    head = stream.read(_SNIFFED_CHARS)
    stream.seek(0)
    best, best_score = ",", 0
    for sign in _DELIMITERS:
        counts, count, quoted = [], 0, False
        for character in head:
            if character == '"':
                quoted = not quoted
            elif character == "\n" and not quoted:
                counts.append(count)
                count = 0
            elif character == sign and not quoted:
                count += 1
        counts.append(count)
        filled = [n for n in counts if n]
        usual = max(set(filled), key=filled.count) if filled else 0
        score = usual * filled.count(usual) if filled else 0
        if score > best_score:
            best, best_score = sign, score
    return best


def csv_rows(stream: IO[str], delimiter: str, name: str) -> Iterator[Sequence[object]]:
    """Every record, empty ones too, so that their count is the row number of a spreadsheet."""
    csv.field_size_limit(_CELL_CHARS_MAX)
    reader = csv.reader(stream, delimiter=delimiter)
    number = 0
    try:
        for record in reader:
            number += 1
            yield record
    except csv.Error as error:
        if "field limit" in str(error):
            reason = f"有单元格超过 {_CELL_CHARS_MAX:,} 个字符（引号可能没有成对）"
        else:
            reason = "引号或换行有误，不是完整的 CSV"
        raise UserError(f"“{name}”第 {number + 1} 行{reason}") from error


def json_rows(stream: IO[str], name: str) -> tuple[tuple[str, ...], Iterator[Sequence[object]]]:
    """Column names (of the first objects) and rows of `[{…}, …]` or `{"rows": [{…}, …]}`."""
    objects = _objects(stream, name)
    first = [item for _, item in zip(range(_HEAD_OBJECTS), objects, strict=False)]
    names = tuple(dict.fromkeys(key for item in first for key in item))
    if not names:
        raise UserError(f"“{name}”里没有数据行")

    def rows() -> Iterator[Sequence[object]]:
        for item in first:
            yield [item.get(key) for key in names]
        for item in objects:
            yield [item.get(key) for key in names]

    return names, rows()


def _objects(stream: IO[str], name: str) -> Iterator[dict[str, object]]:
    text = _skip_to_list(stream, name)
    decoder = json.JSONDecoder()
    at, number, ended = 0, 0, False
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at < len(text) and text[at] == "]":
            return
        try:
            item, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            piece = "" if ended else stream.read(_PIECE)
            ended = not piece
            if ended or len(text) - at > _OBJECT_CHARS_MAX:
                raise UserError(f"“{name}”第 {number + 1} 条不是完整的 JSON 对象") from error
            text, at = text[at:] + piece, 0
            continue
        except (RecursionError, ValueError) as error:
            reason = "嵌套过深或数字过长，不是一行数据"
            raise UserError(f"“{name}”第 {number + 1} 条{reason}") from error
        number += 1
        if not isinstance(item, dict):
            raise UserError(f"“{name}”第 {number} 条应为一个对象（列名：值）")
        yield {str(key): _scalar(value) for key, value in item.items()}


def _scalar(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # 1e400 and NaN are no numbers a court writes; the column refuses them.
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _skip_to_list(stream: IO[str], name: str) -> str:
    """Reads up to the `[` that opens the rows; what follows it is answered."""
    text = stream.read(_PIECE).lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return text[1:]
    place = text.find('"rows"')
    bracket = text.find("[", place) if place >= 0 else -1
    if bracket < 0 or text[place + len('"rows"') : bracket].strip() != ":":
        raise UserError(f'“{name}”应为一列对象 [{{…}}] 或 {{"rows": [{{…}}]}}')
    return text[bracket + 1 :]
