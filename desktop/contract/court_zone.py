"""The court's clock. Pure."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

# China has kept one zone without summer time since 1991; no zone database is needed.
COURT_ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def court_time(text: str) -> datetime:
    """An instant in ISO form by the court's clock; one without a zone is the court's already."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=COURT_ZONE) if at.tzinfo is None else at.astimezone(COURT_ZONE)


def court_today() -> date:
    """The court's day, wherever the machine believes to be."""
    return datetime.now(COURT_ZONE).date()
