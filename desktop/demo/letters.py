"""Supervision letters of the demo city, about nodes that are late on its day. Pure."""

from datetime import date
from typing import Final

from desktop.demo.story import Late, World
from desktop.rules.alerts import letter_level, load_ladder

Row = tuple[object, ...]
_DEMAND: Final = "请于回复期限前完成该节点事项，书面说明逾期原因和整改措施。"
_REPLY: Final = "已催办并完成该节点，逾期系材料移送不及时所致，今后严格按节点期限办理。"


def _issue_day(world: World, late: Late) -> date:
    """Some days after the node fell due, today at the latest."""
    behind = (world.days.today - late.due_on).days
    return min(world.days.after(late.due_on, world.rng.randint(1, behind)), world.days.today)


def _letter(world: World, issued: date, late: Late, serial: int) -> Row:
    rng, iso, today = world.rng, world.days.iso, world.days.today
    reply_by = world.days.after(issued, 5)
    answered = world.days.after(issued, rng.randint(1, 5))
    replied = answered <= today and rng.random() < 0.75
    closed = replied and rng.random() < 0.3
    days = (issued - late.due_on).days
    facts = f"{late.number}案该节点应于{late.due_on.isoformat()}前完成，至今逾期{days}日。"
    issuer = world.staff.chiefs["豫03"]
    state = "closed" if closed else "replied" if replied else "issued"
    return (
        *(world.ids(), late.case_id, late.node_code, late.subject, issued.year, serial),
        *(
            letter_level(load_ladder("supervision"), days).code,
            "法发〔2006〕35号",
            facts,
            _DEMAND,
            late.handler.id,
            issuer.id,
        ),
        *(iso[issued], reply_by.isoformat(), state),
        *((iso[answered], _REPLY) if replied else (None, None)),
        *((iso[answered], "情况属实，继续跟踪。") if closed else (None, None)),
    )


def letters(world: World, count: int) -> list[Row]:
    """About `count` letters, numbered by year in the order of issue."""
    rng, today = world.rng, world.days.today
    eligible = [late for late in world.late if (today - late.due_on).days >= 3]
    chosen = rng.sample(eligible, min(count, len(eligible)))
    dated = [(_issue_day(world, late), late) for late in chosen]
    dated.sort(key=lambda pair: pair[0])
    serials: dict[int, int] = {}
    rows: list[Row] = []
    for issued, late in dated:
        serials[issued.year] = serials.get(issued.year, 0) + 1
        rows.append(_letter(world, issued, late, serials[issued.year]))
    return rows
