"""Weekly circulars of past weeks in the demo city: issued, with receipts. Writer thread; no Qt.

The snapshot is one of then: what happened after it was taken is not in it.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from desktop.contract.law import Law
from desktop.demo.paper_desk import PaperDesk
from desktop.demo.staff import Member
from desktop.documents.figures_draft import NewWeekly, make_weekly
from desktop.documents.receipts import print_slip
from desktop.documents.replies import Agreement, AskReplies, agree, ask_replies
from desktop.evidence.snapshot import PetitionRow, Snapshot
from desktop.evidence.taking import take
from desktop.evidence.week import Week, proposed
from desktop.rules.signing_matrix import Stage
from storage.records.people import TeamKind

# Weeks before the one that is proposed today: that one is left to whoever tries the demo.
_BACK: Final = (4, 1)


def weekly_circulars(desk: PaperDesk, law: Law) -> None:
    """Those of a month ago and of the week before last."""
    last = proposed(desk.today)
    for back in _BACK:
        _issued(desk, law, Week(last.first - timedelta(days=7 * back)))


def _issued(desk: PaperDesk, law: Law, week: Week) -> None:
    """Drafted, reviewed, signed and sent on the Monday and Tuesday after the week."""
    group = desk.group(TeamKind.PETITION)
    clerk = group.members[0]
    monday = desk.world.days.workday(week.last + timedelta(days=1))
    tuesday = desk.world.days.after(monday, 1)
    taken = desk.at(monday)
    snapshot = _as_of_then(take(desk.connection, law, week, taken))
    made = make_weekly(desk.connection, NewWeekly(snapshot, clerk.id, desk.at(monday)))
    _seen_by_courts(desk, made, clerk, monday)
    desk.send(made, clerk, monday)
    desk.passed(made, Stage.REVIEW, group.leader, monday)
    desk.signed(made, desk.chief, tuesday)
    courts = desk.lower_courts()
    desk.issued(made, clerk, tuesday, courts)
    print_slip(desk.connection, desk.act(made, clerk, tuesday), range(1, 19))
    # The newer one lies unopened in two courts.
    fresh = (desk.today - week.last).days < 20
    read = courts[:-2] if fresh else courts
    desk.read(made, read, desk.world.days.after(tuesday, 1), confirmed=len(read) - 3)


def _seen_by_courts(desk: PaperDesk, made: str, clerk: Member, day: date) -> None:
    """All courts look at their rows and have no objection, so that nothing is waited for."""
    ids = {code: desk.world.staff.court_ids[code] for code in desk.lower_courts()}
    act = desk.act(made, clerk, day)
    until = desk.world.days.after(day, 1)
    ask_replies(desk.connection, AskReplies(act, tuple(ids.values()), until))
    for code, court_id in ids.items():
        chief = desk.world.staff.chiefs[code]
        agree(desk.connection, Agreement(made, court_id, chief.id, desk.at(day)))


def _as_of_then(snapshot: Snapshot) -> Snapshot:
    day = snapshot.taken_at.date().isoformat()
    return replace(snapshot, rows=tuple(_known(row, day) for row in snapshot.rows))


def _known(row: PetitionRow, day: str) -> PetitionRow:
    """Without what came after `day`."""
    if row.closed_on is not None and row.closed_on > day:
        row = replace(row, closed_on=None, result=None)
    if row.told_on is not None and row.told_on > day:
        row = replace(row, told_on=None)
    if row.hung_on is not None and row.hung_on > day:
        row = replace(row, hung_on=None, unhung_on=None)
    if row.unhung_on is not None and row.unhung_on > day:
        row = replace(row, unhung_on=None)
    if row.registered_on is not None and row.registered_on > day:
        row = replace(row, registered_on=None, due_on=None, due_certain=False)
        row = replace(row, due_rule="", due_basis="")
    return row
