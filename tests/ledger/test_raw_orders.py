"""Raw SQL against orders: on a lone desk, as every role at the hub, and as its administrator."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection
from sqlcipher3 import dbapi2

from storage import engine
from storage.faults import RefusedByRule
from storage.hub import users
from storage.ids import new_id
from storage.ledger import post
from storage.ledger.post import Slip
from storage.ledger.submitting import fingerprint
from storage.merge import ROLES
from storage.schema.payment_rules import SYSTEM
from storage.schema.payments import CONTENT, SHIPPED_TIERS
from tests.hub.conftest import PASSWORD, Officer
from tests.ledger.offices import PAYEE, Alone, AtHub, Office, Steps, alone, at_hub

AT = "2099-01-01T09:00:00+08:00"
ACT = (
    "insert into payment_act (id, order_id, n, act, stage, next_stage, actor, person_id, at,"
    " content_sha256, body) values (:new, "
)
# name -> (statement, what the database says)
ATTEMPTS: dict[str, tuple[str, str]] = {
    "own order approved": (
        ACT
        + ":fresh, 2, 'pass', 'fund_keeper', 'bureau_chief', 'q', :officer, :at, :freshsum, '')",
        "自己的支付单|相应职务",
    ),
    "own order approved under another login": (
        ACT + ":fresh, 2, 'pass', 'fund_keeper', 'bureau_chief', :maker, :keeper, :at, :freshsum,"
        " '')",
        "自己的支付单",
    ),
    "own order sent": (
        ACT + ":ready, 4, 'send', '', '', 'q', :officer, :at, :readysum, '')",
        "自己的支付单|相应职务",
    ),
    "two stages by one": (
        ACT + ":kept, 3, 'pass', 'bureau_chief', '', 'q', :keeper, :at, :keptsum, '')",
        "不得办理两个环节|相应职务",
    ),
    "two stages by one login": (
        ACT + ":kept, 3, 'pass', 'bureau_chief', '', :keeperlogin, :chief, :at, :keptsum, '')",
        "同一人不得办理两个环节",
    ),
    "a stage left out": (
        ACT + ":fresh, 2, 'pass', 'bureau_chief', '', 'q', :chief, :at, :freshsum, '')",
        "应办的环节",
    ),
    "the last stage said to be passed": (
        ACT + ":fresh, 2, 'pass', 'fund_keeper', '', 'q', :keeper, :at, :freshsum, '')",
        "应办的环节",
    ),
    "by whoever has not the post": (
        ACT + ":kept, 3, 'pass', 'bureau_chief', '', 'q', :deputy, :at, :keptsum, '')",
        "相应职务",
    ),
    "by another court's chief": (
        ACT + ":kept, 3, 'pass', 'bureau_chief', '', 'q', :stranger, :at, :keptsum, '')",
        "相应职务",
    ),
    "by nobody": (
        ACT + ":kept, 3, 'pass', 'bureau_chief', '', 'q', null, :at, :keptsum, '')",
        "本人身份|相应职务",
    ),
    "other words approved": (
        ACT + ":kept, 3, 'pass', 'bureau_chief', '', 'q', :chief, :at, :freshsum, '')",
        "与支付单不符",
    ),
    "sent without its chain": (
        ACT + ":kept, 3, 'send', '', '', 'q', :teller, :at, :keptsum, '')",
        "不能这样办理",
    ),
    "sent by whoever approved": (
        ACT + ":ready, 4, 'send', '', '', 'q', :keeper, :at, :readysum, '')",
        "审批过的人不得送出",
    ),
    "sent twice": (
        ACT + ":gone, 5, 'send', '', '', 'q', :third, :at, :gonesum, '')",
        "不能这样办理",
    ),
    "said to be paid": (
        ACT + ":gone, 5, 'paid', '', '', 'q', :teller, :at, :gonesum, '')",
        "不能这样办理",
    ),
    "said to be moved": (
        ACT + ":gone, 5, 'move', '', '', 'q', :teller, :at, :gonesum, '')",
        "不能这样办理",
    ),
    "failed before it was sent": (
        ACT + ":ready, 4, 'failed', '', '', 'q', :teller, :at, :readysum, 'x')",
        "不能这样办理",
    ),
    "withdrawn by a stranger": (
        ACT + ":ready, 4, 'withdraw', '', '', 'q', :stranger, :at, :readysum, 'x')",
        "提出人或者本院局长",
    ),
    "submitted again": (
        ACT + ":fresh, 2, 'submit', '', 'bureau_chief', 'q', :officer, :at, :freshsum, '')",
        "不能这样办理|应办的环节",
    ),
    "a place left out": (
        ACT + ":fresh, 3, 'pass', 'fund_keeper', 'bureau_chief', 'q', :keeper, :at, :freshsum, '')",
        "已有新的办理",
    ),
    "before the last act": (
        ACT + ":fresh, 2, 'pass', 'fund_keeper', 'bureau_chief', 'q', :keeper,"
        " '2000-01-01T09:00:00+08:00', :freshsum, '')",
        "早于上一步",
    ),
    "an account that nobody confirmed": (
        ACT + ":bare, 2, 'pass', 'fund_keeper', 'bureau_chief', 'q', :keeper, :at, :baresum, '')",
        "未经本人确认",
    ),
    "another account without a call back": (
        ACT + ":other, 2, 'pass', 'fund_keeper', 'bureau_chief', 'q', :keeper, :at, :othersum, '')",
        "回拨核实",
    ),
    "sent before the objections are over": (
        ACT + ":planned, 4, 'send', '', '', 'q', :teller, :at, :plannedsum, '')",
        "异议期未满",
    ),
    "amount edited": ("update payment_order set amount_fen = 1 where id = :fresh", "不能更改"),
    "account edited": ("update payment_order set account_no = '1' where id = :ready", "不能更改"),
    "maker edited": ("update payment_order set maker = 'q' where id = :fresh", "不能更改"),
    "chain shortened": (
        "update payment_order set stages = 'fund_keeper' where id = :fresh",
        "不能更改",
    ),
    "fingerprint edited": (
        "update payment_order set content_sha256 = :gonesum where id = :fresh",
        "不能更改",
    ),
    "approved by hand": (
        "update payment_order set state = 'approved', stage = '' where id = :fresh",
        "只随办理记录",
    ),
    "sent by hand": ("update payment_order set state = 'sent' where id = :ready", "只随办理记录"),
    "counted on by hand": (
        "update payment_order set last_n = last_n + 1 where id = :fresh",
        "只随办理记录",
    ),
    "order deleted": ("delete from payment_order where id = :fresh", "只增不改|不能删除"),
    "act edited": ("update payment_act set actor = 'q' where order_id = :kept", "只增不改"),
    "act deleted": ("delete from payment_act where order_id = :kept and n = 2", "只增不改"),
    "an order of nothing": (
        "insert into payment_order (id, number, purpose, source, amount_fen, payee, tier_id,"
        " stages, maker, made_at, content_sha256, case_id) select :new, 'x', purpose, source,"
        " amount_fen, payee, tier_id, stages, maker, made_at, content_sha256, case_id"
        " from payment_order"
        " where id = :fresh",
        "所占用的款项|校验值",
    ),
    "an approved order": (
        "insert into payment_order (id, number, purpose, source, amount_fen, payee, tier_id,"
        " stages, maker, made_at, content_sha256, case_id, state) select :new, 'x', purpose,"
        " source, amount_fen, payee, tier_id, stages, maker, made_at, content_sha256, case_id,"
        " 'approved'"
        " from payment_order where id = :fresh",
        "从提出开始|所占用的款项|校验值",
    ),
    "a tier by one person": (
        "insert into approval_tier (id, purpose, stages, valid_from, basis, state) values"
        " (:new, 'payment', 'bureau_chief', '2020-01-01', 'x', 'agreed')",
        "一人提出、另一人同意",
    ),
    "a tier without a leader": (
        "insert into approval_tier (id, purpose, stages, valid_from, basis, proposed_by) values"
        " (:new, 'payment', 'fund_keeper', '2020-01-01', 'x', :officer)",
        "局长或者院领导",
    ),
    "a tier of unknown stages": (
        "insert into approval_tier (id, purpose, stages, valid_from, basis, proposed_by) values"
        " (:new, 'payment', 'bureau_chief,bureau_chief', '2020-01-01', 'x', :officer)",
        "环节不明或者重复",
    ),
    "a tier that is shortened": (
        "update approval_tier set stages = 'bureau_chief' where purpose = 'payment'",
        "内容不得改动",
    ),
    "a tier agreed by no leader": (
        "update approval_tier set state = 'agreed', agreed_by = :officer where id = :tier",
        "局长或者院领导同意",
    ),
    "a tier agreed by its author": (
        "update approval_tier set state = 'agreed', agreed_by = :chief where id = :tier",
        "two_persons|check",
    ),
    "a match of nothing": (
        "insert into bank_match (id, line_id, entry_id, maker, at) values"
        " (:new, :new, :gone, 'q', :at)",
        "与付款不符",
    ),
}


class Cabinet:
    """Orders at every place of their way, and the words for them."""

    def __init__(self, office: Office) -> None:
        steps = Steps(office)
        assert office.ask("keeper", "receive", case_id=office.case, amount_fen=100_000).accepted
        self.office = office
        self.names = {f"{who}": person for who, person in office.people.items()}
        self.fresh = steps.order().id
        self.kept = steps.order().id
        assert steps.passed(self.kept, "keeper", "fund_keeper").accepted
        self.ready, self.gone = steps.approved(), steps.sent()
        paid = steps.sent(payee="丁")
        assert office.ask("keeper", "answer_order", order_id=paid, outcome="paid").accepted
        plan = office.add(
            "distribution", case_id=office.case, title="方案", content="{}", content_sha256="0" * 64
        )
        tier = office.add(
            "approval_tier",
            purpose="payment",
            stages="bureau_chief",
            valid_from="2026-01-01",
            basis="x",
            proposed_by=office.people["chief"],
        )
        self.names["tier"] = tier
        orders = {
            "fresh": self.fresh,
            "kept": self.kept,
            "ready": self.ready,
            "gone": self.gone,
            "bare": steps.order(account_no=None).id,
            "other": steps.order(payee="丁", account_no="9").id,
            "planned": steps.approved(distribution_id=plan),
        }
        del self.names["other"]  # a person of that name has no part in this
        for name, order in orders.items():
            self.names |= {name: order, f"{name}sum": steps.sha(order)}
        logins = office.rows(
            f"select maker from payment_order where id = '{self.fresh}' union all"
            f" select actor from payment_act where order_id = '{self.kept}' and n = 2"
        )
        self.names |= {"maker": logins[0][0], "keeperlogin": logins[1][0], "at": AT}

    def words(self, statement: str) -> str:
        """The statement with the ids of this court; the longest names first."""
        for name, value in sorted((self.names | {"new": new_id()}).items(), reverse=True):
            statement = statement.replace(f":{name}", f"'{value}'")
        return statement

    def picture(self) -> list[Any]:
        """Everything that orders and money are."""
        return [
            self.office.rows(f"select * from {name} order by id")
            for name in ("payment_order", "payment_act", "fund_entry", "fund", "approval_tier")
        ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    with alone(tmp_path_factory.mktemp("raw") / "store") as made:
        yield Cabinet(made)
        assert made.findings() == []


@pytest.fixture(scope="module")
def hub(server_folder: Path) -> Iterator[Cabinet]:
    with at_hub(server_folder / "raw") as made:
        yield Cabinet(made)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_on_a_lone_desk_the_file_itself_refuses(desk: Cabinet, name: str) -> None:
    statement, said = ATTEMPTS[name]
    assert isinstance(desk.office, Alone)
    replica = desk.office.session.replica
    before = desk.picture()
    raw = engine.connect(replica.path, replica.key)
    raw.execute("pragma recursive_triggers = off")  # what a stranger's connection has by itself
    for way in ("insert", "insert or replace", "replace", "insert or ignore"):
        if way != "insert" and not statement.startswith("insert"):
            continue
        with pytest.raises(dbapi2.IntegrityError, match=said):
            raw.execute(desk.words(statement).replace("insert", way, 1))
    raw.close()
    assert desk.picture() == before


@pytest.mark.parametrize("name", ["payment_order", "payment_act", "approval_tier"])
def test_no_replacing_row_takes_another_away(desk: Cabinet, name: str) -> None:
    assert isinstance(desk.office, Alone)
    replica, before = desk.office.session.replica, desk.picture()
    raw = engine.connect(replica.path, replica.key)
    raw.execute("pragma recursive_triggers = off")
    with pytest.raises(dbapi2.IntegrityError):
        raw.execute(f"insert or replace into {name} select * from {name}")
    raw.close()
    assert desk.picture() == before


@pytest.mark.parametrize("name", ATTEMPTS)
def test_at_the_hub_even_its_administrator_is_refused(hub: Cabinet, name: str) -> None:
    statement, said = ATTEMPTS[name]
    assert isinstance(hub.office, AtHub)
    before = hub.picture()
    refused = (psycopg.errors.RaiseException, psycopg.errors.CheckViolation)
    with pytest.raises(refused, match=said):
        hub.office.town.admin.execute(hub.words(statement))
    assert hub.picture() == before


@pytest.mark.parametrize("role", ROLES)
def test_no_role_writes_orders_at_the_hub(hub: Cabinet, role: str) -> None:
    assert isinstance(hub.office, AtHub)
    admin, login = hub.office.town.admin, f"w_{role}"
    users.add(admin, login, PASSWORD, [role], [-1], person_id=hub.office.people["chief"])
    officer = Officer(login, hub.office.town.server.dsn(login, PASSWORD))
    officer.connection.execute("set search_path to desk")
    before = hub.picture()
    for statement, _said in ATTEMPTS.values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            officer.connection.execute(hub.words(statement))
    for table in ("payment_order", "payment_act", "bank_match", "fund_entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            officer.connection.execute(f"truncate {table} cascade")
    for number in (57, 58, 59):  # nor as an operation
        row = {"id": new_id()}
        assert officer.verdict((number, row["id"], "I", row, None)) in ("not_permitted", "invalid")
    for function in ("write_act", "free_order", "book", "submit_order"):
        with pytest.raises(
            (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction)
        ):
            officer.connection.execute(f"select sync.{function}(null)")
    assert hub.picture() == before
    officer.connection.close()


@pytest.mark.parametrize("role", ROLES)
def test_no_role_approves_its_own_order(hub: Cabinet, role: str) -> None:
    """By the door of requests, with every stage and the sending, whoever may ask at all."""
    assert isinstance(hub.office, AtHub)
    office = hub.office
    login = f"m_{role}"
    users.add(
        office.town.admin,
        login,
        PASSWORD,
        [role, "handler"],
        [-1],
        person_id=office.people["keeper"],
    )
    office.officers[login] = Officer(login, office.town.server.dsn(login, PASSWORD))
    args = PAYEE | {"case_id": office.case, "amount_fen": 5}
    made = office.ask(login, "disburse", **args)
    assert made.accepted, made
    steps = Steps(office)
    before = hub.picture()
    for stage in ("fund_keeper", "bureau_chief"):
        told = steps.passed(made.id, login, stage)
        assert told.code in ("own", "role", "stage"), told
    for kind in ("send_order", "answer_order", "pay", "release"):
        told = office.ask(login, kind, order_id=made.id, hold_id=made.id, outcome="paid")
        assert not told.accepted
    # The keeper himself is the same person under another login.
    assert steps.passed(made.id, "keeper", "fund_keeper").code == "own"
    assert hub.picture() == before


MONEY: dict[str, Callable[[Any, Cabinet], post.Answer]] = {
    "a payment of what was not sent": lambda c, d: post.pay(c, d.ready, Slip("q")),
    "a payment of what is in its chain": lambda c, d: post.pay(c, d.kept, Slip("q")),
    "a hold freed under its order": lambda c, d: post.release(c, d.gone, Slip("q")),
    "a hold freed by nobody": lambda c, d: post.release(c, d.ready, Slip(SYSTEM)),
    "money to the fees": lambda c, d: post.transfer(
        c, d.office.case, 5, Slip("q"), way=("case", "fee")
    ),
    "money to the fees under an order out": lambda c, d: post.transfer(
        c, d.office.case, 500, Slip("q", order_id=d.gone), way=("case", "fee")
    ),
    "money that came in by nobody": lambda c, d: post.receive(c, d.office.case, 5, Slip(SYSTEM)),
}


@pytest.mark.parametrize("name", MONEY)
def test_no_money_moves_without_its_order(desk: Cabinet, name: str) -> None:
    """Linked, sealed and hashed as an honest entry: one rule alone stands against each."""
    assert isinstance(desk.office, Alone)
    before = desk.picture()
    with (
        pytest.raises(RefusedByRule, match="支付单"),
        desk.office.session.write("记账") as write,
    ):
        MONEY[name](write.connection, desk)
    assert desk.picture() == before


def _ungranted(connection: Connection, case: str) -> None:
    """A hold without an order, and its payment by another."""
    held = post.hold(connection, case, 5, Slip("甲"), payee="丙")
    assert held.entry_id is not None
    post.pay(connection, held.entry_id, Slip("乙"))


def test_a_payment_needs_a_grant_that_has_an_order(desk: Cabinet) -> None:
    assert isinstance(desk.office, Alone)
    with (
        pytest.raises(RefusedByRule, match="支付单"),
        desk.office.session.write("记账") as write,
    ):
        _ungranted(write.connection, desk.office.case)


def test_the_hub_books_nothing_without_its_order(hub: Cabinet) -> None:
    assert isinstance(hub.office, AtHub)
    admin, before = hub.office.town.admin, hub.picture()
    entry = (
        "insert into fund_entry (id, case_id, kind, amount_fen, number, debit_id, credit_id, at,"
        " maker, hold_id) select :new, case_id, '{kind}', amount_fen, :new, debit_id, credit_id,"
        " :at, '{maker}', id from fund_entry where id = :{order}"
    )
    for kind, order, maker in (
        ("payment", "ready", "q"),
        ("payment", "kept", "q"),
        ("release", "gone", "q"),
        ("release", "fresh", SYSTEM),
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="支付单"):
            admin.execute(hub.words(entry.format(kind=kind, order=order, maker=maker)))
    assert hub.picture() == before


def _forged(connection: Connection, desk: Cabinet, **more: str) -> None:
    """An order with a hold of its own, as good as it can be but for `more`."""
    held = post.hold(connection, desk.office.case, 500, Slip(desk.names["officer"]), payee="丙")
    names = (
        *("purpose", "source", "amount_fen", "payee", "account_no", "confirmed_on", "tier_id"),
        *("stages", "maker", "maker_id", "made_at", "case_id"),
    )
    row = dict.fromkeys(CONTENT) | dict(
        connection.exec_driver_sql(
            f"select {', '.join(names)} from payment_order where id = ?", (desk.fresh,)
        )
        .mappings()
        .one()
    )
    row |= {"id": held.entry_id, "number": held.facts["number"], "differs": 0}
    sealed = row | more
    sealed["content_sha256"] = more.get("content_sha256") or fingerprint(sealed)
    connection.exec_driver_sql(
        f"insert into payment_order ({', '.join(sealed)}) values ({', '.join('?' * len(sealed))})",
        tuple(sealed.values()),
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"content_sha256": "0" * 64}, "校验值"),
        ({"stages": "fund_keeper"}, "审批层级"),
        ({"tier_id": SHIPPED_TIERS[1][0], "stages": SHIPPED_TIERS[1][4]}, "审批层级"),
        ({"made_at": "2001-01-01T09:00:00+08:00"}, "审批层级"),
        ({"source": "escrow"}, "所占用的款项"),
        ({"maker": "q"}, "所占用的款项"),
        ({"distribution_id": SHIPPED_TIERS[1][0]}, "分配方案"),
        ({"replaces": SHIPPED_TIERS[1][0]}, "重新提出"),
        ({"state": "approved"}, "从提出开始"),
        ({"last_n": "1"}, "从提出开始"),
        ({"payee": "丁", "account_no": "9"}, "如实注明"),
    ],
)
def test_an_order_is_what_its_hold_and_its_tier_are(
    desk: Cabinet, more: dict[str, str], said: str
) -> None:
    assert isinstance(desk.office, Alone)
    before = desk.picture()
    with (
        pytest.raises(RefusedByRule, match=said),
        desk.office.session.write("提出") as write,
    ):
        _forged(write.connection, desk, **more)
    assert desk.picture() == before
