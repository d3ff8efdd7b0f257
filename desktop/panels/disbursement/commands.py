"""Asks for everything that moves an order: one write of the person's own each. Writer lane.

The answer says what became of it; None where the shared database has yet to decide. What a form
lacks is refused before anything is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.funds.asked_words import names, refused_words
from desktop.funds.outgoing import plain_account
from desktop.panels.disbursement.computation import checked
from desktop.panels.disbursement.rules import PARTS, Act, Wish, faults
from storage.ledger.asking import Asked, ask
from storage.sync.settling import Resubmit, resubmit


@dataclass(frozen=True, slots=True)
class AskArgs:
    """Wishes that are made together, and who makes them on which day."""

    wishes: tuple[Wish, ...]
    person_id: str | None
    today: date


@dataclass(frozen=True, slots=True)
class Made:
    """What became of each wish; `order_ids` of those that are orders now, `waiting` of intents.

    `changed`: the money was other than seen, and still sufficed, in words."""

    order_ids: tuple[str, ...]
    waiting: int
    changed: tuple[str, ...] = ()


def make_orders(connection: Connection, args: AskArgs) -> Made:
    """Asks for all payees or for none: what one of them lacks stops all (UserError)."""
    told = []
    for wish in args.wishes:
        wrong = faults(wish, args.today)
        if wrong:
            who = f"{wish.payee}：" if len(args.wishes) > 1 and wish.payee else ""
            told.append(f"{who}{'；'.join(wrong)}。")
    if told:
        raise UserError("".join(told))
    made, waiting, changed = [], 0, []
    for wish in args.wishes:
        asked = ask(
            connection, wish.way.kind, request_args(wish), by=args.person_id, note=wish.memo
        )
        if asked.answer is None:
            waiting += 1
            continue
        _granted(connection, asked, wish.payee if len(args.wishes) > 1 else "")
        made.append(asked.request_id)
        if asked.answer.facts.get("changed"):
            changed.append("可用余额与您所见不同，但仍足够")
    return Made(tuple(made), waiting, tuple(changed))


def request_args(wish: Wish) -> dict[str, Any]:
    """What is asked, as the request holds it."""
    way = wish.way
    args: dict[str, Any] = {
        "case_id": wish.case_id,
        "amount_fen": wish.amount_fen,
        "purpose": way.purpose,
        "payee": wish.payee.strip(),
        "memo": _text(wish.memo),
        "basis": _text(wish.basis),
        "remaining_fen": wish.remaining_fen,
        "computation": checked(wish.computation) if wish.computation else None,
        "distribution_id": wish.distribution_id,
        "replaces": wish.replaces,
        "seen": dict(wish.seen),
        **{name: wish.parts.get(name) for name in wish.parts},
    }
    if way.kind == "remit":
        args["from"] = way.source
    if way.inside:
        args["target"] = way.target
        args["ground"] = _text(wish.ground)
    else:
        args |= {
            "bank": _text(wish.bank),
            "account_no": plain_account(wish.account_no) or None,
            "confirmed_on": _day(wish.confirmed_on),
            "confirmed_by": _text(wish.confirmed_by),
            "confirmed_how": _text(wish.confirmed_how),
            "call_back_on": _day(wish.call_back_on),
            "call_back_by": _text(wish.call_back_by),
            "call_back_result": _text(wish.call_back_result),
        }
    return {name: value for name, value in args.items() if value is not None}


def _text(words: str) -> str | None:
    return words.strip() or None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _granted(connection: Connection, asked: Asked, who: str = "") -> None:
    """Raises UserError with the reason where the answer is no; nothing of the write stays."""
    answer = asked.answer
    if answer is not None and not answer.accepted:
        words = refused_words(answer.code, answer.facts, names(connection))
        raise UserError(f"{who}：{words}" if who else words)


@dataclass(frozen=True, slots=True)
class ActArgs:
    """One act on an order as it was shown: `stage` and `content_sha256` are what was seen."""

    order_id: str
    act: Act
    person_id: str | None
    stage: str = ""
    content_sha256: str = ""
    words: str = ""
    entry_id: str | None = None
    outcome: str = ""


def act(connection: Connection, args: ActArgs) -> bool:
    """Asks for an act; True where it is done, False where the shared database has yet to decide.

    Raises UserError where it is refused, with who was faster or what forbids it.
    """
    if args.act in (Act.RETURN, Act.REVERSE, Act.ANSWER, Act.WITHDRAW) and not args.words.strip():
        raise UserError("请写明理由。")
    kind, wish = _wish(args)
    asked = ask(connection, kind, wish, by=args.person_id, note=args.words.strip())
    _granted(connection, asked)
    return asked.answer is not None


def _wish(args: ActArgs) -> tuple[str, dict[str, Any]]:
    words, stage = args.words.strip(), {"order_id": args.order_id, "stage": args.stage}
    match args.act:
        case Act.PASS:
            return "pass_order", {**stage, "content_sha256": args.content_sha256, "note": words}
        case Act.RETURN:
            return "return_order", {**stage, "reason": words}
        case Act.WITHDRAW:
            return "withdraw_order", {"order_id": args.order_id, "reason": words}
        case Act.ANSWER:
            return "answer_order", {
                "order_id": args.order_id,
                "outcome": args.outcome,
                "reason": words,
            }
        case Act.SEND:
            return "send_order", {"order_id": args.order_id, "batch": None, "channel": "inside"}
        case Act.REVERSE:
            return "reverse", {"entry_id": args.entry_id, "reason": words}
        case other:
            raise AssertionError(f"{other} is not asked for")


@dataclass(frozen=True, slots=True)
class ExpireArgs:
    """Who takes back what nobody moved since before a day."""

    person_id: str | None
    before: date


def expire(connection: Connection, args: ExpireArgs) -> bool:
    """Asks for the orders to be taken back; True where it is done. Raises UserError."""
    wish = {"before": args.before.isoformat()}
    asked = ask(connection, "expire_orders", wish, by=args.person_id)
    _granted(connection, asked)
    return asked.answer is not None


@dataclass(frozen=True, slots=True)
class LesserArgs:
    """An intent that asked for more than there is, made again over what is there."""

    where: tuple[str, int]
    actor: str
    amount_fen: int
    reason: str


def ask_for_less(connection: Connection, args: LesserArgs) -> bool:
    """Makes the intent again; the refused one is settled by it. The parts of the old amount go:
    they are those of another sum."""
    bundle_id, place = args.where
    values: Mapping[int, Mapping[str, Any]] = {
        place: {"args": {"amount_fen": args.amount_fen, **dict.fromkeys(PARTS)}}
    }
    return resubmit(connection, Resubmit(bundle_id, args.actor, args.reason, values))
