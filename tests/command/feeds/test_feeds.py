"""Addresses and logins apart, the list of feeds, pictures with their proof and their log line."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

from desktop.command.feeds.address import Login, apart, fault, read_stored, stored, together
from desktop.command.feeds.register import (
    FeedDraft,
    PlaceArgs,
    RetireArgs,
    feeds,
    place,
    retire,
    save,
)
from desktop.command.feeds.snapshots import (
    BYTES_MOST,
    Asked,
    Shot,
    export_name,
    keep,
    running,
    snapshots,
    whole,
)
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from storage.schema import table
from tests.command.feeds.rows import COURT, DOOR, JPEG, OFFICER, TEAM, key
from tests.panels.fake_context import memory_engine

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=COURT_ZONE)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@given(user=WORDS.filter(bool), word=WORDS)
def test_a_login_goes_into_an_address_and_comes_out_again(user: str, word: str) -> None:
    url = "rtsp://10.1.2.3:554/ch1?sub=1"
    login = Login(user, word)
    assert apart(together(url, login)) == (url, login)
    assert read_stored(stored(login)) == login
    assert repr(login) == f"Login(user={user!r})"  # never the password


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("rtsp://10.0.0.1/live", ""),
        ("https://摄像机.内网/live", ""),
        ("", "请填写"),
        ("ftp://10.0.0.1/x", "开头"),
        ("10.0.0.1/x", "开头"),
        ("rtsp:///x", "主机名"),
        ("http://10.0.0.1:99999/x", "端口"),
        ("http://10.0.0.1/a@b", "%40"),
        ("http://10.0.0.1/a b", "空格"),
        ("http://10.0.0.1/" + "x" * 500, "字符"),
    ],
)
def test_an_address_is_judged_in_words(url: str, words: str) -> None:
    said = fault(url)
    assert bool(said) == bool(words)
    assert words in said


@pytest.mark.parametrize("text", ["", "x", "[1", '["a"]', "7"])
def test_a_setting_that_holds_no_login_is_none(text: str) -> None:
    assert not read_stored(text)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A team, an officer, a feed and an operation under way."""
    engine = memory_engine()
    with engine.begin() as made:

        def put(name: str, /, **values: Any) -> None:
            made.execute(insert(table(name)).values(**values))

        put("court", id=COURT, code="豫03", name="甲院", short_name="甲")
        team = {"court_id": COURT, "name": "一队", "kind": "implementation", "number": 1}
        put("team", id=TEAM, **team)
        put("person", id=OFFICER, court_id=COURT, name="顾长风", post="operator")
        put("feed", id=DOOR, team_id=TEAM, name="正门", url="rtsp://10.0.0.1/x", place=0)
        for n, (name, acts) in enumerate(
            (("清场", ("start",)), ("旧事", ("start", "finish")), ("草案", ()))
        ):
            operation = {"commander_id": OFFICER, "maker_id": OFFICER, "plan": "{}"}
            operation |= {"starts_at": f"2026-11-23T0{n}:00", "made_at": "2026-11-22"}
            sha = "0" * 64
            put(
                "operation",
                id=key(50 + n),
                team_id=TEAM,
                name=name,
                content_sha256=sha,
                **operation,
            )
            for k, act in enumerate(acts):
                of = {"operation_id": key(50 + n), "team_id": TEAM, "person_id": OFFICER}
                put(
                    "operation_act",
                    id=key(60 + 5 * n + k),
                    act=act,
                    at="x",
                    **of,
                    content_sha256=sha,
                )
        yield made
    engine.dispose()


def shot(**more: Any) -> Shot:
    values: dict[str, Any] = {
        "feed_id": DOOR,
        "data": JPEG,
        "at": NOW - timedelta(seconds=2),
        "now": NOW,
        "person_id": OFFICER,
    }
    return Shot(**(values | more))


def test_a_picture_is_kept_with_hash_time_and_officer(connection: Connection) -> None:
    kept = keep(connection, shot(note="  大门已开 "))
    assert kept.sha256 == hashlib.sha256(JPEG).hexdigest()
    found = whole(connection, kept.id)
    assert found is not None
    assert found.whole
    assert found.data == JPEG
    line = found.line
    assert (line.feed, line.person, line.note) == ("正门", "顾长风", "大门已开")
    assert (line.at.isoformat(), line.taken_at) == ("2026-11-23T09:00:03+08:00", NOW)
    assert export_name(line) == f"截图_正门_2026-11-23 090003_{kept.sha256[:8]}.jpg"


def test_a_picture_of_a_running_operation_stands_in_its_log(connection: Connection) -> None:
    assert [one.name for one in running(connection)] == ["清场"]
    kept = keep(connection, shot(operation_id=key(50), live=False))
    assert kept.operation == "清场"
    (row,) = connection.execute(select(table("run_log"))).all()
    assert (row.kind, row.about, row.about_id) == ("picture", "snapshot", kept.id)
    assert (row.operation_id, row.team_id, row.person_id) == (key(50), TEAM, OFFICER)
    for words in ("正门", "09:00:03", kept.sha256[:12], "最后画面"):
        assert words in row.body
    ended = keep(connection, shot(operation_id=key(51)))
    assert ended.operation == ""  # an operation that has ended gets no more lines
    assert len(connection.execute(select(table("run_log"))).all()) == 1


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"body": base64.b64encode(JPEG + b"x").decode()}, "longer"),
        ({"body": base64.b64encode(JPEG[:-1] + b"?").decode()}, "one byte"),
        ({"body": "no base64 !"}, "unreadable"),
        ({"sha256": "0" * 64}, "another hash"),
    ],
)
def test_an_altered_picture_is_told(
    connection: Connection, change: dict[str, str], detail: str
) -> None:
    kept = keep(connection, shot())
    connection.execute(update(table("snapshot")).values(**change))
    found = whole(connection, kept.id)
    assert found is not None
    assert not found.whole, detail


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"person_id": None}, "在座人员"),
        ({"data": b"GIF89a"}, "JPEG"),
        ({"data": b""}, "JPEG"),
        ({"data": JPEG + b"x" * BYTES_MOST}, "过大"),
        ({"feed_id": key(99)}, "已不存在"),
        ({"note": "长" * 300}, "说明"),
    ],
)
def test_what_is_no_picture_is_refused(
    connection: Connection, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        keep(connection, shot(**more))
    assert snapshots(connection, Asked()) == ()


def test_a_frame_is_never_later_than_its_picture(connection: Connection) -> None:
    kept = keep(connection, shot(at=NOW + timedelta(minutes=3)))
    found = whole(connection, kept.id)
    assert found is not None
    assert found.line.at == found.line.taken_at == NOW


def test_feeds_are_added_placed_and_retired(connection: Connection) -> None:
    draft = FeedDraft(None, TEAM, " 院内 ", "http://10.0.0.2/x")
    yard = save(connection, draft)
    roof = save(connection, FeedDraft(None, TEAM, "楼顶", "http://10.0.0.3/x"))

    def cells() -> dict[str, int]:
        return {feed.name: feed.place for feed in feeds(connection)}

    assert cells() == {"正门": 0, "院内": 1, "楼顶": 2}
    place(connection, PlaceArgs(roof, 0))
    assert cells() == {"楼顶": 0, "院内": 1, "正门": 2}
    place(connection, PlaceArgs(yard, 7))
    place(connection, PlaceArgs(yard, 99))
    assert cells()["院内"] == 7
    retire(connection, RetireArgs(roof, date(2026, 11, 23)))
    assert set(cells()) == {"院内", "正门"}
    assert [feed.retired_on for feed in feeds(connection, True)][-1] == "2026-11-23"
    assert save(connection, FeedDraft(None, TEAM, "新机位", "http://10.0.0.4/x")) != roof
    retire(connection, RetireArgs(roof, None))
    assert cells() == {"院内": 7, "正门": 2, "新机位": 0, "楼顶": 1}


def test_a_feed_is_refused_with_all_that_is_wrong(connection: Connection) -> None:
    with pytest.raises(UserError) as refused:
        save(connection, FeedDraft(None, "", " ", "ftp://x"))
    assert all(words in str(refused.value) for words in ("名称", "团队", "开头"))
