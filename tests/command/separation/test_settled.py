"""A conflict that is no more has a decision beside it, and nobody makes that about himself."""

import json

import pytest
from sqlalchemy import update

from desktop.command.separation.kin import KinVoid, unbind
from desktop.command.separation.settled import RECALLED, UNSEATED, VOIDED, Settled, settled
from desktop.documents.bench import panel_words
from desktop.errors import UserError
from storage.schema import table
from tests.command.separation.test_watching import (
    NOW,
    OBJECTION,
    SIT,
    Store,
    bench,
    case,
    hold,
    kin,
    store,
)

__all__ = ["store"]
DAY = "2026-05-{:02}T10:00:00+08:00"


def version(store: Store, n: int, seats: tuple[str, ...], who: str, note: str = "") -> None:
    """One more version of the ruling, which has these seats from now on."""
    fields = json.dumps({"_panel": panel_words(seats)}, ensure_ascii=False)
    values = {"title": "执行裁定书", "fields": fields, "content_sha256": "0" * 64}
    more = {"n": n, "author_id": who, "at": DAY.format(n), "note": note}
    store.put("document_version", id=f"v{n}", document_id="dc2", **values, **more)
    document = table("document")
    with store.engine.begin() as connection:
        connection.execute(update(document).values(fields=fields))


def found(store: Store) -> list[Settled]:
    with store.engine.connect() as connection:
        return settled(connection)


def conflict(store: Store) -> None:
    for name, key, values in (
        *(case(1), OBJECTION, case(4), hold("c4", "李问渠"), kin("c1", "c4", "kin")),
        bench("c2", *SIT),
    ):
        store.put(name, id=key, **values)
    version(store, 6, SIT, "何听澜")


def test_a_seat_given_to_another_is_kept_with_who_gave_it(store: Store) -> None:
    conflict(store)
    assert found(store) == []
    version(store, 8, ("何听澜", *SIT[1:]), "吴望舒", "李问渠回避")
    assert not store.recounted()
    (one,) = found(store)
    assert (one.decided.how, one.by, one.decided.words) == (UNSEATED, "吴望舒", "李问渠回避")
    assert (one.told.person, one.told.path) == ("李问渠", "所审查的案件 → 关联案件")
    version(store, 9, SIT, "吴望舒")
    assert found(store) == [], "it stands again"


def test_a_recalled_document_settles_it(store: Store) -> None:
    conflict(store)
    document = table("document")
    with store.engine.begin() as connection:
        connection.execute(update(document).values(state="recalled"))
    values = {"act": "recall", "person_id": "郑采薇", "at": DAY.format(9), "body": "重新合议"}
    store.put("document_act", id="a1", document_id="dc2", content_sha256="0" * 64, **values)
    (one,) = found(store)
    assert (one.decided.how, one.by, one.decided.words) == (RECALLED, "郑采薇", "重新合议")


def test_whose_conflict_it_is_does_not_declare_its_bond_wrong(store: Store) -> None:
    conflict(store)
    with store.engine.begin() as connection:
        with pytest.raises(UserError, match="不得由本人作废"):
            unbind(connection, KinVoid("kc1c4", "登记有误", "李问渠", NOW))
        unbind(connection, KinVoid("kc1c4", "登记有误", "何听澜", NOW))
    assert not store.recounted()
    (one,) = found(store)
    assert (one.decided.how, one.by, one.decided.words) == (VOIDED, "何听澜", "登记有误")
