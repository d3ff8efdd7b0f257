"""The chain over decided bundles: every change of what is stored shows, and paper outlives all."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desktop.__main__ import main
from storage.hub import chain, chain_verifier
from storage.hub.chain_verifier import BadCodeError, Head, Report, head_code, parse_head, verify
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Town

VERIFIER = Path(chain_verifier.__file__)
MANY = 12


@pytest.fixture(scope="module")
def linked(town: Town) -> Town:
    """A town in which a dozen bundles were decided, one of them against."""
    for serial in range(200, 200 + MANY):
        case_id = new_id()
        town.first.verdict((10, case_id, "I", town.case_row(1, serial, case_id), None))
    assert town.first.verdict((10, new_id(), "U", {"remarks": "a"}, {"remarks": "b"})) == "gone"
    town.first.one("select sync.seal()")
    return town


@pytest.fixture
def owner(linked: Town) -> Iterator[psycopg.Connection[Any]]:
    """The database's owner in a transaction that is given up afterwards; triggers are off."""
    with psycopg.connect(linked.server.admin_dsn) as connection:
        connection.execute("set session_replication_role = replica")
        yield connection
        connection.rollback()


def _report(connection: "psycopg.Connection[Any]", heads: tuple[Head, ...] = ()) -> Report:
    return verify(chain.records(connection), heads)


def test_an_untouched_chain_holds_and_covers_every_verdict(linked: Town) -> None:
    report, facts = chain.check(linked.admin)
    assert report.sound, report
    decided = linked.admin.execute("select count(*) from sync.bundle").fetchone()
    assert decided == (report.links,)
    assert (facts["waiting"], facts["outside"]) == (0, [])


# Each takes the bundle of the fifth link.
_MUTATIONS = {
    "verdict": "update sync.bundle set verdict = 'rejected' where id = %(id)s",
    "actor": "update sync.bundle set actor = 'second' where id = %(id)s",
    "device": "update sync.bundle set device = gen_random_uuid() where id = %(id)s",
    "time": "update sync.bundle set at = at - interval '1 day' where id = %(id)s",
    "label": "update sync.bundle set label = label || '。' where id = %(id)s",
    "content": 'update sync.op set new = new || \'{"remarks": "改"}\' where bundle = %(id)s',
    "old value": 'update sync.op set old = \'{"remarks": "改"}\' where bundle = %(id)s',
    "version": "update sync.op set ver = ver + 1 where bundle = %(id)s",
    "row": "update sync.op set row_id = gen_random_uuid() where bundle = %(id)s",
    "operation added": "insert into sync.op select bundle, k + 1, tbl, row_id, kind, new, old, ver"
    " from sync.op where bundle = %(id)s",
    "operation removed": "delete from sync.op where bundle = %(id)s",
    "bundle removed": "delete from sync.bundle where id = %(id)s",
    "link removed": "delete from sync.chain where seq = 5",
    "both removed": "with x as (delete from sync.chain where seq = 5)"
    " delete from sync.bundle where id = %(id)s",
    "link": "update sync.chain set link = md5(link) || md5(link) where seq = 5",
    "stored hash": "update sync.chain set content = md5(content) || md5(link) where seq = 5",
}


@pytest.mark.parametrize("mutation", _MUTATIONS.values(), ids=_MUTATIONS.keys())
def test_each_single_change_breaks_the_chain_there(
    owner: "psycopg.Connection[Any]", mutation: str
) -> None:
    bundle = owner.execute("select bundle from sync.chain where seq = 5").fetchone()
    assert bundle is not None
    changed = owner.execute(mutation, {"id": bundle[0]})
    assert changed.rowcount == 1
    report = _report(owner)
    assert report.broken is not None
    # A link that is gone is missed at the next one.
    gone = "delete from sync.chain" in mutation
    assert (report.links, report.broken_seq) == (4, 6 if gone else 5)


def test_two_bundles_exchanged_break_it(owner: "psycopg.Connection[Any]") -> None:
    owner.execute("alter table sync.chain drop constraint chain_bundle_key")
    owner.execute(
        "update sync.chain c set bundle = o.bundle, content = o.content from sync.chain o"
        " where (c.seq, o.seq) in ((5, 6), (6, 5))"
    )
    report = _report(owner)
    assert (report.broken_seq, report.links) == (5, 4)


def test_a_bundle_put_there_by_no_client_is_named(owner: "psycopg.Connection[Any]") -> None:
    forged = new_id()
    owner.execute(
        "insert into sync.bundle (id, device, n, actor, label, schema_ver, verdict, history,"
        " content) values (%s, gen_random_uuid(), 1, 'first', '', '0005', 'applied', '', '')",
        (forged,),
    )
    assert _report(owner).sound
    assert chain.facts(owner)["outside"] == [forged]


def _rewrite(owner: "psycopg.Connection[Any]") -> None:
    """All of it, as only the owner of the database can: one bundle, then every later link."""
    owner.execute(
        "update sync.op set new = new || '{\"claim_fen\": 1}' where bundle ="
        " (select bundle from sync.chain where seq = 3)"
    )
    owner.execute("create temp table kept on commit drop as select seq, bundle from sync.chain")
    owner.execute("delete from sync.chain")
    head = chain_verifier.GENESIS
    for seq, bundle in owner.execute("select seq, bundle from kept order by seq").fetchall():
        row = owner.execute(
            "insert into sync.chain (seq, bundle, content, link) select %(seq)s, b.id, c.content,"
            " encode(sha256(convert_to(concat_ws('|', %(seq)s::bigint, %(head)s::text, b.id,"
            " b.actor, b.verdict, c.content), 'UTF8')), 'hex') from sync.bundle b, lateral (select"
            " encode(sha256(convert_to(t.body, 'UTF8')), 'hex') as content"
            " from sync.sealed_texts(array[b.id]) t) c"
            " where b.id = %(bundle)s returning link",
            {"seq": seq, "head": head, "bundle": bundle},
        ).fetchone()
        assert row is not None
        head = row[0]


def test_a_rewritten_chain_holds_and_yet_one_old_sheet_convicts_it(
    owner: "psycopg.Connection[Any]",
) -> None:
    old = owner.execute("select link from sync.chain where seq = 7").fetchone()
    early = owner.execute("select link from sync.chain where seq = 2").fetchone()
    assert old is not None
    assert early is not None
    printed = parse_head(head_code(7, old[0]))
    before = parse_head(head_code(2, early[0]))
    assert _report(owner, (printed, before)).sound
    _rewrite(owner)
    assert _report(owner).sound
    assert _report(owner, (before,)).sound
    report = _report(owner, (printed, before))
    assert report.broken is None
    assert len(report.heads) == 1
    assert "第 7 环" in report.heads[0]


def test_a_head_from_a_chain_cut_short_is_missed(owner: "psycopg.Connection[Any]") -> None:
    last = owner.execute("select seq, link from sync.chain order by seq desc limit 1").fetchone()
    assert last is not None
    owner.execute("delete from sync.chain where seq = %s", (last[0],))
    report = _report(owner, (Head(last[0], last[1]),))
    assert report.broken is None
    assert not report.sound


def test_a_code_copied_wrongly_is_told_from_a_broken_chain() -> None:
    link = "0123456789abcdef" * 4
    code = head_code(123, link)
    assert parse_head(code) == Head(123, link[:32])
    assert parse_head(f"123:{link[:16]}") == Head(123, link[:16])
    wrong = 0
    places = [at for at, sign in enumerate(code) if sign.isalnum()]
    for at in places:
        for sign in "0123456789":
            if sign != code[at]:
                with pytest.raises(BadCodeError):
                    parse_head(code[:at] + sign + code[at + 1 :])
                wrong += 1
    assert wrong > 300
    for short in ("", "5", "5-12", "x-0123456789abcdef", "5:0123456789abcde"):
        with pytest.raises(BadCodeError):
            parse_head(short)


def _alone(*words: object) -> "subprocess.CompletedProcess[str]":
    """The verifier as an auditor runs it: no package, no site, another folder."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )


def _export(town: Town, folder: Path) -> Path:
    made = folder / "chain.jsonl"
    dsn = town.server.dsn("audit", PASSWORD)
    assert main(["audit", "export", "--hub", dsn, "--out", str(made)]) == 0
    return made


def test_the_file_is_checked_without_the_desk(linked: Town, tmp_path: Path) -> None:
    exported = _export(linked, tmp_path)
    head = chain.printed_head(linked.admin)
    assert head is not None
    good = _alone(exported, "--head", head)
    assert (good.returncode, good.stderr) == (0, "")
    assert head in good.stdout
    assert _alone(exported, "--head", head[:-1] + "x").returncode == 2


def _line(change: Callable[[dict[str, Any]], None]) -> Callable[[list[str]], list[str]]:
    def changed(lines: list[str]) -> list[str]:
        record = json.loads(lines[5])
        change(record)
        return [*lines[:5], json.dumps(record, ensure_ascii=False), *lines[6:]]

    return changed


_CUTS: dict[str, tuple[int, Callable[[list[str]], list[str]]]] = {
    "content": (1, _line(lambda one: one.update(body=one["body"].replace("执", "民")))),
    "actor": (1, _line(lambda one: one.update(body=one["body"].replace("first", "other")))),
    "order": (1, lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]]),
    "removal": (1, lambda lines: lines[:5] + lines[6:]),
    "insertion": (1, lambda lines: [*lines[:5], lines[4], *lines[5:]]),
    "no end": (2, lambda lines: lines[:-1]),
    "another file": (2, lambda lines: ["{}", *lines[1:]]),
    "half a line": (2, lambda lines: [*lines[:-2], lines[-2][:40]]),
}


@pytest.mark.parametrize(("code", "change"), _CUTS.values(), ids=_CUTS.keys())
def test_a_changed_file_is_refused(
    linked: Town, tmp_path: Path, code: int, change: Callable[[list[str]], list[str]]
) -> None:
    exported = _export(linked, tmp_path)
    lines = exported.read_text("utf-8").splitlines()
    assert change(lines) != lines
    exported.write_text("\n".join(change(lines)) + "\n", "utf-8")
    assert _alone(exported).returncode == code


def test_the_command_says_what_the_verifier_says(
    linked: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = _export(linked, tmp_path)
    capsys.readouterr()
    dsn = linked.server.dsn("audit", PASSWORD)
    assert main(["audit", "head", "--hub", dsn]) == 0
    head = capsys.readouterr().out.strip()
    for source in (["--hub", dsn], ["--file", str(exported)]):
        assert main(["audit", "verify", *source, "--head", head, "--format", "json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["sound"], told["head"], told["heads_checked"]) == (True, head, 1)
    other = head_code(3, "f" * 64)
    assert main(["audit", "verify", "--hub", dsn, "--head", other]) == 1
    assert "被改写过" in capsys.readouterr().out
    copy = tmp_path / "verifier.py"
    assert main(["audit", "tool", "--out", str(copy)]) == 0
    assert copy.read_bytes() == VERIFIER.read_bytes()


def test_only_auditors_read_the_ledger(linked: Town) -> None:
    for asked in ("select * from sync.audit_page(0, 1)", "select sync.audit_facts()"):
        for officer in (linked.first, linked.second):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                officer.connection.execute(asked)
    dsn = linked.server.dsn("first", PASSWORD)
    assert main(["audit", "verify", "--hub", dsn]) != 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        linked.first.connection.execute("select sync.sealed_texts(array[gen_random_uuid()])")


def test_what_waits_for_a_schema_is_linked_once_it_is_decided(linked: Town) -> None:
    case_id = new_id()
    row = linked.case_row(1, 300, case_id)
    bundle = linked.first.bundle((10, case_id, "I", row, None), schema_ver="9999")
    assert linked.first.push(bundle)[0]["verdict"] == "upgrade"
    assert linked.first.one("select sync.seal()") == 0
    assert linked.first.push({**bundle, "schema_ver": "0005"})[0]["verdict"] == "applied"
    assert linked.first.one("select sync.seal()") == 1
    assert _report(linked.admin).sound
