"""Sync by sealed file: the officer's bundles, judged once, whoever carries them, however often."""

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.hub import users
from storage.overlay import TABLES
from storage.sync import exchange, files, pull, sealed
from storage.sync.exchange import ExchangeFault
from storage.sync.port import LoginRefused, SyncFault
from storage.sync.postgres import PostgresRemote
from storage.sync.sealed import SealFault
from tests.hub.conftest import PASSWORD, Town
from tests.sync.conftest import Laptop

ORDERS = int(os.environ.get("EDESK_EXCHANGE_ORDERS", "40"))
REMARK = 'update "case" set remarks = ? where id = ?'


@pytest.fixture
def carrier(town: Town) -> Iterator[PostgresRemote]:
    """The line of the centre's operator."""
    remote = PostgresRemote(town.server.dsn("centre", PASSWORD))
    yield remote
    remote.close()


def _remark(town: Town, case_id: str) -> tuple[str, str]:
    row = town.admin.execute(
        'select remarks, changed_by from desk."case" where id = %s', (case_id,)
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def _exchange(one: Laptop, carrier: PostgresRemote) -> exchange.Taken:
    made = exchange.write_out(one.session)
    return exchange.take_in(one.session, exchange.deliver(carrier.call, made.data).data)


def _counts(town: Town) -> tuple[int, int]:
    row = town.admin.execute(
        "select (select count(*) from sync.bundle), (select count(*) from sync.change)"
    ).fetchone()
    assert row is not None
    return row


def test_an_edit_travels_under_its_authors_name(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    bundle = first.edit(REMARK, "外勤所见", town.cases[1])
    assert town.centre.verdict((10, town.cases[1], "U", {"cause": "买卖"}, {"cause": None})) == (
        "applied"
    )
    made = exchange.write_out(first.session)
    done = exchange.deliver(carrier.call, made.data)
    assert done.receipt["state"] == "taken"
    assert done.receipt["verdicts"] == {"applied": 1}
    assert _remark(town, town.cases[1]) == ("外勤所见", "first")
    taken = exchange.take_in(first.session, done.data)
    assert (taken.verdicts, taken.rows_kept) == ({"applied": 1}, True)
    assert first.rows("select state, verdict from _bundle where id = ?", bundle) == [
        ("decided", "applied")
    ]
    # The other's edit of the same row came along.
    assert first.rows('select cause, remarks from "case" where id = ?', town.cases[1]) == [
        ("买卖", "外勤所见")
    ]
    assert first.sync().pulled == 0
    noted = town.admin.execute(
        "select who, facts->>'who' from sync.journal where what = 'file carried'"
        " order by id desc limit 1"
    ).fetchone()
    assert noted == ("centre", "first")


def test_the_same_file_twice_is_judged_once_and_a_receipt_used_once(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    first.edit(REMARK, "一次", town.cases[1])
    made = exchange.write_out(first.session)
    one = exchange.deliver(carrier.call, made.data)
    before = _counts(town)
    two = exchange.deliver(carrier.call, made.data)
    assert two.receipt == {**one.receipt, "state": "known"}
    assert _counts(town) == before
    exchange.take_in(first.session, two.data)
    for again in (one.data, two.data):
        with pytest.raises(ExchangeFault, match="没有重复采用"):
            exchange.take_in(first.session, again)


def test_a_file_that_comes_after_a_later_one_is_answered_and_not_judged(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    first.edit(REMARK, "甲", town.cases[1])
    early = exchange.write_out(first.session)
    first.edit(REMARK, "乙", town.cases[1])
    late = exchange.write_out(first.session)
    told = exchange.deliver(carrier.call, late.data)
    assert (told.receipt["bundles"], told.receipt["missing"]) == (2, 1)
    before = _counts(town)
    assert exchange.deliver(carrier.call, early.data).receipt["state"] == "late"
    assert _counts(town) == before
    exchange.take_in(first.session, told.data)
    assert _remark(town, town.cases[1])[0] == "乙"
    assert first.rows("select count(*) from _bundle where state <> 'decided'") == [(0,)]


def test_rows_older_than_a_round_over_the_line_are_not_used(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    first.edit(REMARK, "文件", town.cases[1])
    done = exchange.deliver(carrier.call, exchange.write_out(first.session).data)
    first.sync()
    first.edit(REMARK, "在线", town.cases[1])
    first.sync()
    taken = exchange.take_in(first.session, done.data)
    assert taken.rows_kept is False
    assert first.rows('select remarks from "case" where id = ?', town.cases[1]) == [("在线",)]
    assert _exchange(first, carrier).rows_kept


def _lost(one: Laptop, made: exchange.Written) -> list[str]:
    """Ids of the decided bundles that a file asks about again."""
    desk = files.desk_of(one.session)
    found = sealed.unseal(sealed.seal_key(desk.told.file_key), made.data)
    return [bundle["id"] for bundle in json.loads(found.head)["lost"]]


def test_what_survived_a_failover_is_asked_once(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    bundle = first.edit(REMARK, "切换之前", town.cases[1])
    _exchange(first, carrier)
    town.admin.execute("update sync.hub set life = life + 1")
    # The file was written before anybody here could know; its answer brings the new history.
    before = exchange.write_out(first.session)
    assert _lost(first, before) == []
    exchange.take_in(first.session, exchange.deliver(carrier.call, before.data).data)
    after = exchange.write_out(first.session)
    assert _lost(first, after) == [bundle]
    # Not answered yet, so the next one asks, too; the answer of the first says nothing about it.
    again = exchange.write_out(first.session)
    assert _lost(first, again) == [bundle]
    exchange.take_in(first.session, exchange.deliver(carrier.call, after.data).data)
    last = exchange.write_out(first.session)
    assert _lost(first, last) == [bundle]
    exchange.take_in(first.session, exchange.deliver(carrier.call, last.data).data)
    assert _lost(first, exchange.write_out(first.session)) == []
    assert _remark(town, town.cases[1])[0] == "切换之前"

    town.admin.execute("update sync.hub set life = life + 1")
    _exchange(first, carrier)
    assert _lost(first, exchange.write_out(first.session)) == [bundle]


def test_an_empty_desk_is_filled_by_file(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first", pulled=False)
    taken = _exchange(first, carrier)
    assert taken.rows > 3
    assert first.rows('select id from "case"') == [(town.cases[1],)]
    assert first.sync().whole is False


def _broken(data: bytes) -> Iterator[bytes]:
    """One bit of every seventh byte, and the file cut at as many places."""
    for at in range(0, len(data), 7):
        yield data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        yield data[:at]
    yield data + b"\0"


def test_a_file_with_one_bit_changed_is_refused_both_ways(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    first.edit(REMARK, "原样", town.cases[1])
    made = exchange.write_out(first.session)
    # The carrier's desk opens the file by itself; the hub's word on the key is asked once.
    key = carrier.call("seal_key", first.session.replica.device_id, "first")

    def call(function: str, *values: Any) -> Any:
        return key if function == "seal_key" else carrier.call(function, *values)

    before = _counts(town)
    for bad in _broken(made.data):
        with pytest.raises((SealFault, SyncFault)):
            exchange.deliver(call, bad)
    assert _counts(town) == before
    done = exchange.deliver(call, made.data)
    state = first.rows("select * from _sync where key <> 'hello' order by key")
    for bad in _broken(done.data):
        with pytest.raises(SealFault):
            exchange.take_in(first.session, bad)
    assert first.rows("select * from _sync where key <> 'hello' order by key") == state
    assert first.rows("select count(*) from _bundle where state = 'decided'") == [(0,)]
    exchange.take_in(first.session, done.data)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300), magic=st.booleans())
def test_any_bytes_are_refused_with_a_sentence(data: bytes, magic: bool) -> None:
    with pytest.raises(SealFault, match="没有采用任何内容"):
        sealed.unseal(bytes(32), b"EDX1" + data if magic else data)


def test_who_carries_can_read_but_not_make_a_file(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    first.edit(REMARK, "真", town.cases[1])
    made = exchange.write_out(first.session)
    header = sealed.read_header(made.data)
    key = bytes.fromhex(carrier.call("seal_key", header.device, header.who))
    found = sealed.unseal(key, made.data)
    assert "真" in found.head
    forged = found.head.replace("真", "假")
    for one, text in (
        (header, forged),
        (replace(header, number=header.number + 1), found.head),
        (replace(header, mac=sealed.mac_of(key, header, forged)), forged),
    ):
        with pytest.raises(SyncFault, match="没有采用任何内容"):
            exchange.deliver(carrier.call, sealed.seal(key, one, text))
    done = exchange.deliver(carrier.call, made.data)
    reply = sealed.unseal(key, done.data)
    lie = json.loads(reply.head)
    lie["answers"][0]["verdict"] = "conflict"
    for text, parts in (
        (json.dumps(lie), reply.parts),
        (reply.head, [part.replace("真", "假") for part in reply.parts]),
        (reply.head, reply.parts[:-1]),
    ):
        with pytest.raises(SealFault, match="没有采用任何内容"):
            exchange.take_in(first.session, sealed.seal(key, reply.header, text, parts))
    # Neither another kind, nor another's reply.
    with pytest.raises(SealFault):
        exchange.take_in(first.session, made.data)
    with pytest.raises(SealFault, match="另一台设备"):
        exchange.take_in(laptop("first").session, done.data)
    with pytest.raises(SealFault):
        exchange.deliver(carrier.call, done.data)


def test_only_who_sees_everything_carries_and_stays_himself(
    town: Town, laptop: Callable[..., Laptop]
) -> None:
    first, second = laptop("first"), laptop("second")
    first.edit(REMARK, "某", town.cases[1])
    made = exchange.write_out(first.session)
    for one in (first, second):
        with pytest.raises(SyncFault, match="转递离线文件"):
            exchange.deliver(one.remote.call, made.data)
    header = sealed.read_header(made.data)
    found = sealed.unseal(sealed.seal_key(files.desk_of(first.session).told.file_key), made.data)
    asked = (header.device, header.who, header.number)
    with town.centre.connection.transaction():
        town.centre.one("select sync.carry(%s, %s, %s, %s, %s)", *asked, found.head, header.mac)
        assert town.centre.one("select sync.actor()") == "centre"
        town.centre.one(
            "select sync.carry_reply(%s, %s, %s, %s)", *asked, sealed.text_hash(found.head)
        )
        assert town.centre.one("select sync.actor()") == "centre"
        assert town.centre.one('select count(*) from desk."case"') >= 2
    # The reply holds nothing of another team.
    reply = town.centre.one(
        "select sync.carry_reply(%s, %s, %s, %s)", *asked, sealed.text_hash(found.head)
    )
    assert town.cases[2] not in "".join(reply)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.centre.one("select sync.reply_rows(null)")


def test_a_locked_officer_and_a_revoked_device_are_refused(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    users.add(town.admin, "gone", PASSWORD, ["handler"], [1])
    one = laptop("gone")
    one.edit(REMARK, "晚了", town.cases[1])
    made = exchange.write_out(one.session)
    one.remote.close()
    users.lock(town.admin, "gone")
    with pytest.raises(SyncFault, match="已被锁定"):
        exchange.deliver(carrier.call, made.data)
    users.lock(town.admin, "gone", locked=False)
    users.revoke_device(town.admin, one.session.replica.device_id)
    with pytest.raises(SyncFault, match="已被注销"):
        exchange.deliver(carrier.call, made.data)
    assert _remark(town, town.cases[1])[0] != "晚了"
    with pytest.raises(LoginRefused):
        PostgresRemote(town.server.dsn("gone", "wrong-password")).call("seal_key", "", "")


class _Orders:
    """Files written, carried and brought back in any order, twice or never, with lines between."""

    def __init__(self, town: Town, one: Laptop, carrier: PostgresRemote) -> None:
        self.town, self.one, self.carrier = town, one, carrier
        self.random = random.Random(0)
        self.outs: list[bytes] = []
        self.replies: list[bytes] = []
        self.made = 0

    def begin(self, seed: int) -> int:
        """A new order; files of earlier ones may still turn up. How many steps it has."""
        self.random.seed(seed)
        self.outs, self.replies = self.outs[-12:], self.replies[-12:]
        return self.random.randint(4, 12)

    def step(self) -> str:
        """Does one thing; its name."""
        acts: list[tuple[int, Callable[[], None]]] = [
            (4, self._edit),
            (2, self._edit_at_hub),
            (4, self._write),
            (5, self._carry),
            (4, self._bring),
            (1, self._line),
            (1, self._move),
            (1, self._scopes),
        ]
        act = self.random.choices([one for _, one in acts], [n for n, _ in acts])[0]
        act()
        return act.__name__

    def _edit(self) -> None:
        self.made += 1
        cases = self.one.rows('select id from "case" order by id')
        if cases:
            case_id = self.random.choice(cases)[0]
            column = self.random.choice(("remarks", "cause"))
            self.one.edit(f'update "case" set {column} = ? where id = ?', f"改{self.made}", case_id)

    def _edit_at_hub(self) -> None:
        self.made += 1
        case_id = self.random.choice(list(self.town.cases.values()))
        column = self.random.choice(("remarks", "cause"))
        was = self.town.centre.one(f'select {column} from desk."case" where id = %s', case_id)
        told = self.town.centre.verdict(
            (10, case_id, "U", {column: f"中心{self.made}"}, {column: was})
        )
        assert told == "applied"

    def _move(self) -> None:
        case_id, team = self.town.cases[2], self.town.teams[self.random.choice((1, 2))]
        was = self.town.centre.one('select team_id::text from desk."case" where id = %s', case_id)
        self.town.centre.verdict((10, case_id, "U", {"team_id": team}, {"team_id": was}))

    def _scopes(self) -> None:
        users.set_scopes(self.town.admin, "first", self.random.choice(([1], [1, 2], [2], [-1])))

    def _write(self) -> None:
        self.outs.append(exchange.write_out(self.one.session).data)

    def _carry(self) -> None:
        if self.outs:
            data = self.random.choice(self.outs)
            self.replies.append(exchange.deliver(self.carrier.call, data).data)

    def _bring(self) -> None:
        if self.replies:
            # An ExchangeFault says "used already"; anything else is a failure.
            with suppress(ExchangeFault):
                exchange.take_in(self.one.session, self.random.choice(self.replies))

    def _line(self) -> None:
        self.one.sync()

    def quiesce(self) -> None:
        """Two exchanges by file: the first brings all verdicts, the second what they changed."""
        for _ in range(2):
            _exchange(self.one, self.carrier)

    def check(self) -> None:
        """Everything is judged, here as at the hub, and the rows are those of a fresh pull."""
        device = self.one.session.replica.device_id
        theirs = dict(
            self.town.admin.execute(
                "select id::text, verdict from sync.bundle where device = %s", (device,)
            ).fetchall()
        )
        mine = self.one.rows("select id, verdict from _bundle")
        assert dict(mine) == theirs
        fresh = pull.fetch(self.one.remote, None)
        for number, rows in fresh.rows.items():
            names = [c.name for c in TABLES[number].columns]
            listed = ", ".join(f'"{name}"' for name in names)
            held = self.one.rows(f'select {listed} from "{TABLES[number].name}" order by id')
            at = names.index("id")
            text = [tuple(None if v is None else str(v) for v in row) for row in held]
            assert sorted(text, key=lambda r: r[at]) == sorted(rows, key=lambda r: r[at]), number
        assert self.one.rows("select count(*) from _base") == [(0,)]


def test_any_order_of_files_ends_as_a_line_would(
    town: Town, laptop: Callable[..., Laptop], carrier: PostgresRemote
) -> None:
    first = laptop("first")
    seen: list[str] = []
    order = _Orders(town, first, carrier)
    for seed in range(ORDERS):
        steps = [order.step() for _ in range(order.begin(seed))]
        order.quiesce()
        try:
            order.check()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {steps}") from error
        seen += steps
    users.set_scopes(town.admin, "first", [1])
    assert len(set(seen)) == 8
