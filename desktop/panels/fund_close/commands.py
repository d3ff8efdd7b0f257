"""What the panel writes: a note on a difference, a report, a signature. Writer lane."""

from typing import Final

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.funds.closing import Wish, why
from desktop.funds.closing import report as report_month
from desktop.funds.closing import sign as sign_month
from desktop.funds.differences import Explanation
from desktop.funds.differences import explain as store_note
from storage.ledger.post import Answer

WAITS: Final = "已提交共享库，等待答复。"


def explain(connection: Connection, given: Explanation) -> str:
    """Stores what somebody wrote about a difference. UserError without words."""
    return store_note(connection, given)


def report(connection: Connection, wish: Wish) -> str:
    """Reports a month; see `_told`."""
    return _told(report_month(connection, wish).answer)


def sign(connection: Connection, wish: Wish) -> str:
    """Signs a month; see `_told`."""
    return _told(sign_month(connection, wish).answer)


def _told(answer: Answer | None) -> str:
    """Empty where it is done, WAITS where the shared database has yet to answer. UserError with
    the reason of a refusal: then nothing was written."""
    if answer is None:
        return WAITS
    if not answer.accepted:
        raise UserError(why(answer))
    return ""
