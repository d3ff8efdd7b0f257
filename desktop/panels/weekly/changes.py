"""What corrections did to the figures: each figure that changed, was → now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.evidence.corrections import FIELDS, Correction, value_words
from desktop.evidence.figures import CITY, Figure, Figures, count
from desktop.evidence.overdue_snapshot import STRUCK_WORDS, OverdueSnapshot
from desktop.evidence.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure of a court or of the city, before and after a correction."""

    where: str
    name: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class CorrectionWords:
    """A correction in words, with the figures that it changed."""

    when: str
    court: str
    petition: str
    field: str
    was: str
    now: str
    reason: str
    figures: tuple[Changed, ...]


def told(snapshot: Snapshot, figures: Figures) -> tuple[CorrectionWords, ...]:
    """Every correction in its order; the figures are compared with those just before it."""
    found = []
    done: tuple[Correction, ...] = ()
    before = count(snapshot)
    for one in figures.corrections:
        done = (*done, one)
        after = figures if len(done) == len(figures.corrections) else count(snapshot, done)
        row = snapshot.by_id[one.row_id]
        found.append(
            CorrectionWords(
                one.at[:16].replace("T", " "),
                snapshot.court(one.court_id).short,
                row.code,
                FIELDS[one.field],
                value_words(snapshot, one.field, one.was),
                value_words(snapshot, one.field, one.now),
                one.reason,
                tuple(_changed(before, after, CITY, row.court_id)),
            )
        )
        before = after
    return tuple(found)


def told_struck(
    snapshot: OverdueSnapshot, corrections: Sequence[Correction]
) -> tuple[CorrectionWords, ...]:
    """What was struck out of a circular on overdue nodes."""
    return tuple(
        CorrectionWords(
            one.at[:16].replace("T", " "),
            snapshot.court(one.court_id).short,
            snapshot.by_id[one.row_id].words,
            STRUCK_WORDS,
            "通报",
            "撤下",
            one.reason,
            (),
        )
        for one in corrections
    )


def _changed(before: Figures, after: Figures, *courts: str) -> list[Changed]:
    found = []
    for court_id in courts:
        first, then = before.of(court_id), after.of(court_id)
        for code, figure in first.by_code.items():
            if (figure.hits, figure.of) != (then[code].hits, then[code].of):
                was, now = _words(figure), _words(then[code])
                found.append(Changed(first.name, figure.definition.name, was, now))
    return found


def _words(figure: Figure) -> str:
    words, parts = figure.words(), figure.parts()
    return words if words == parts else f"{words}（{parts}）"
