"""Changes of the signing matrix and delegations take two persons, and never go past the law."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Update, update
from sqlalchemy.exc import DBAPIError

from desktop.documents.powers import Change, Power, Verdict, delegate, propose, settle, settle_power
from desktop.documents.staff import delegations, matrix
from desktop.errors import UserError
from desktop.rules.signing_matrix import Stage
from storage.records.people import Post
from storage.schema import table
from tests.documents.office import AT, Office, office

FROM = date(2026, 12, 1)
NOTICE = ((Stage.DRAFT, "group:general.member"), (Stage.SIGN, "post:vice_president"))


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def change(desk: Office, **more: object) -> Change:
    told: dict[str, object] = {
        "document": "notice",
        "steps": NOTICE,
        "valid_from": FROM,
        "valid_to": None,
        "basis": "洛中法〔2026〕9号",
        "person_id": desk.people["chief"],
        "at": AT,
    }
    return Change(**{**told, **more})  # type: ignore[arg-type]


def signers_of(desk: Office, day: date) -> frozenset[str]:
    with desk.engine.begin() as connection:
        return matrix(connection, day).document("notice").steps[-1].signers


def test_a_change_counts_from_its_day_once_another_agreed(desk: Office) -> None:
    before = signers_of(desk, FROM)
    with desk.engine.begin() as connection:
        made = propose(connection, change(desk))
    assert signers_of(desk, FROM) == before
    with desk.engine.begin() as connection:
        with pytest.raises(UserError, match="提出人以外的另一人"):
            settle(connection, Verdict(made, True, desk.people["chief"], AT))
        settle(connection, Verdict(made, True, desk.people["president"], AT))
        with pytest.raises(UserError, match="已经处理"):
            settle(connection, Verdict(made, False, desk.people["president"], AT))
    assert signers_of(desk, FROM - timedelta(days=1)) == before
    assert signers_of(desk, FROM) == {"post:vice_president"}


def test_the_database_takes_no_agreement_of_ones_own(desk: Office) -> None:
    with desk.engine.begin() as connection:
        propose(connection, change(desk))
    rule = table("signing_rule")
    own = {"state": "agreed", "agreed_by": desk.people["chief"], "agreed_at": AT.isoformat()}
    with pytest.raises(DBAPIError, match="two_persons"), desk.engine.begin() as connection:
        connection.execute(update(rule).values(**own))
    with pytest.raises(DBAPIError, match="内容不得改动"), desk.engine.begin() as connection:
        connection.execute(update(rule).values(signers="post:clerk"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"document": "detention_decision"}, "院长"),
        ({"document": "nosuch"}, "nosuch"),
        ({"steps": ((Stage.DRAFT, "team:judge"), (Stage.SIGN, "post:king"))}, "post:king"),
        ({"steps": ()}, "没有任何环节"),
        ({"basis": " "}, "依据"),
        ({"valid_from": AT.date() - timedelta(days=1)}, "溯及既往"),
        ({"valid_to": FROM - timedelta(days=1)}, "早于生效日"),
        ({"person_id": None}, "本人身份"),
    ],
)
def test_what_the_law_does_not_allow_is_not_even_proposed(
    desk: Office, wrong: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence), desk.engine.begin() as connection:
        propose(connection, change(desk, **wrong))
    with desk.engine.begin() as connection:
        assert connection.execute(table("signing_rule").select()).all() == []


def power(desk: Office, **more: object) -> Power:
    told: dict[str, object] = {
        "from_id": desk.people["president"],
        "to_id": desk.people["vice_president"],
        "post": Post.PRESIDENT,
        "from_on": FROM,
        "to_on": FROM + timedelta(days=9),
        "document_no": "洛中法〔2026〕31号",
    }
    return Power(**{**told, **more})  # type: ignore[arg-type]


def test_a_delegation_counts_once_a_third_person_agreed(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = delegate(connection, power(desk, documents=("detention_decision",)))
        assert delegations(connection, FROM) == ()
        for who in ("president", "vice_president"):
            with pytest.raises(UserError, match="双方以外"):
                settle_power(connection, Verdict(made, True, desk.people[who], AT))
        settle_power(connection, Verdict(made, True, desk.people["chief"], AT))
        (there,) = delegations(connection, FROM)
        assert there.in_force("detention_decision", FROM)
        assert not there.in_force("notice", FROM)
        assert delegations(connection, FROM - timedelta(days=1)) == ()
        assert delegations(connection, FROM + timedelta(days=10)) == ()
        settle_power(connection, Verdict(made, False, desk.people["president"], AT))
        assert delegations(connection, FROM) == ()
        with pytest.raises(UserError, match="已经处理"):
            settle_power(connection, Verdict(made, True, desk.people["chief"], AT))


def test_a_delegation_ends_by_those_concerned_alone(desk: Office) -> None:
    enders = {"president": True, "chief": True, "vice_president": False, "judge": False}
    for who, may in enders.items():
        with desk.engine.begin() as connection:
            made = delegate(connection, power(desk))
            settle_power(connection, Verdict(made, True, desk.people["chief"], AT))
        ending = Verdict(made, False, desk.people[who], AT)
        if may:
            with desk.engine.begin() as connection:
                settle_power(connection, ending)
        else:
            with pytest.raises(UserError, match="终止"), desk.engine.begin() as connection:
                settle_power(connection, ending)
            told = {"state": "ended", "ended_by": desk.people[who], "ended_on": "2026-11-29"}
            with pytest.raises(DBAPIError, match="终止"), desk.engine.begin() as connection:
                connection.execute(_set(made, **told))


def test_the_database_keeps_who_ended_a_delegation_and_its_words(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = delegate(connection, power(desk))
        settle_power(connection, Verdict(made, True, desk.people["chief"], AT))
    for wrong, sentence in (
        ({"state": "ended"}, "记明终止人"),
        ({"to_on": "2027-12-31"}, "内容不得改动"),
        ({"documents": "fine_decision"}, "内容不得改动"),
        ({"agreed_by": desk.people["judge"]}, "内容不得改动"),
    ):
        with pytest.raises(DBAPIError, match=sentence), desk.engine.begin() as connection:
            connection.execute(_set(made, **wrong))
    with desk.engine.begin() as connection:
        settle_power(connection, Verdict(made, False, desk.people["president"], AT))
        row = connection.execute(table("delegation").select()).one()
        assert (row.ended_by, row.ended_on) == (desk.people["president"], AT.date().isoformat())
    with pytest.raises(DBAPIError, match="不得恢复"), desk.engine.begin() as connection:
        connection.execute(_set(made, state="agreed"))


def test_a_power_that_has_ended_was_one_before_its_end(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = delegate(connection, power(desk))
        settle_power(connection, Verdict(made, True, desk.people["chief"], AT))
        end = AT.replace(year=2026, month=12, day=4)
        settle_power(connection, Verdict(made, False, desk.people["president"], end))
        days = [day for day in range(1, 11) if delegations(connection, FROM.replace(day=day))]
        refused = delegate(connection, power(desk))
        settle_power(connection, Verdict(refused, False, desk.people["judge"], end))
        assert len(delegations(connection, FROM)) == 1
    assert days == [1, 2, 3]


def test_a_proposal_is_refused_by_anybody_but_its_receiver(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = delegate(connection, power(desk))
    receiver = Verdict(made, False, desk.people["vice_president"], AT)
    with pytest.raises(UserError, match="终止"), desk.engine.begin() as connection:
        settle_power(connection, receiver)
    with desk.engine.begin() as connection:
        settle_power(connection, Verdict(made, False, desk.people["judge"], AT))


def _set(made: str, **values: str) -> Update:
    power = table("delegation")
    return update(power).where(power.c.id == made).values(**values)


def test_every_mistake_of_a_delegation_is_told_at_once(desk: Office) -> None:
    wrong = {
        "from_id": desk.people["chief"],
        "to_id": desk.people["chief"],
        "to_on": FROM - timedelta(days=1),
        "document_no": "",
        "documents": ("nosuch",),
    }
    with desk.engine.begin() as connection, pytest.raises(UserError) as told:
        delegate(connection, power(desk, **wrong))
    assert len(str(told.value).splitlines()) == 5
    longest = {"to_on": FROM + timedelta(days=366)}
    with desk.engine.begin() as connection, pytest.raises(UserError, match="366"):
        delegate(connection, power(desk, **longest))
