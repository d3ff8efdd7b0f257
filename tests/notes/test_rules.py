"""Names behind "@": what is being typed, who is offered, who is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.notes.rules import OFFERED_MAX, Colleague, mentioned, offered, typed_name

PEOPLE = (
    Colleague("a", "王伟", "东城 一队"),
    Colleague("b", "王伟民", "东城 二队", near=True),
    Colleague("c", "欧阳修竹", "西城"),
    Colleague("d", "李静", "东城"),
    Colleague("e", "李静", "西城"),
    Colleague("f", "曾长乐", "西城"),
)


@pytest.mark.parametrize(
    ("text", "cursor", "found"),
    [
        ("请@", 2, (1, "")),
        ("请@王", 3, (1, "王")),
        ("@wang", 5, (0, "wang")),
        ("请@王伟 看", 6, None),
        ("请看", 2, None),
        ("写到 a@b", 6, None),
        ("@王 @李", 5, (3, "李")),
        ("@王 @李", 2, (0, "王")),
        ("@王\n看", 4, None),
    ],
)
def test_what_is_typed_behind_the_mark(
    text: str, cursor: int, found: tuple[int, str] | None
) -> None:
    assert typed_name(text, cursor) == found


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["b", "a", "c", "d", "e", "f"]),
        ("王", ["b", "a"]),
        ("ww", ["b", "a"]),
        ("wwm", ["b"]),
        ("ouyang", ["c"]),
        ("oyxz", ["c"]),
        ("LJ", ["d", "e"]),
        ("静", ["d", "e"]),
        ("赵", []),
        ("zcl", ["f"]),
        ("czy", ["f"]),  # each character in any of its readings
        ("zengchangle", ["f"]),
        ("cengzh", ["f"]),
        ("zengle", []),
    ],
)
def test_people_are_offered_by_name_pinyin_and_initials(typed: str, names: list[str]) -> None:
    assert [one.id for one in offered(typed, PEOPLE)] == names


def test_no_more_are_offered_than_fit() -> None:
    crowd = [Colleague(str(n), f"王某{n}", "") for n in range(50)]
    assert len(offered("王", crowd)) == OFFERED_MAX


@pytest.mark.parametrize(
    ("body", "chosen", "ids"),
    [
        ("@王伟 请看", {}, ("a",)),
        ("@王伟民请看，@王伟 也看", {}, ("b", "a")),
        ("@王伟 @王伟", {}, ("a",)),
        ("问 a@王伟", {}, ()),
        ("@赵六 在哪", {}, ()),
        ("@李静 请核", {"李静": "e"}, ("e",)),
        ("没有提到谁", {"李静": "e"}, ()),
    ],
)
def test_who_is_meant(body: str, chosen: dict[str, str], ids: tuple[str, ...]) -> None:
    assert mentioned(body, PEOPLE, chosen) == ids


def test_namesakes_have_to_be_told_apart() -> None:
    with pytest.raises(UserError, match="2 位“李静”"):
        mentioned("@李静 请核", PEOPLE, {})
    with pytest.raises(UserError, match="2 位“李静”"):
        mentioned("@李静 请核", PEOPLE, {"李静": "a"})


@given(
    st.lists(st.sampled_from(["@", " ", "，", "王伟", "王伟民", "李静", "x", "\n"]), max_size=12)
)
def test_whoever_is_mentioned_is_named_in_the_text(parts: list[str]) -> None:
    body = "".join(parts)
    names = {one.id: one.name for one in PEOPLE}
    found = mentioned(body, PEOPLE, {"李静": "d"})
    assert len(set(found)) == len(found)
    assert all(f"@{names[one]}" in body for one in found)
