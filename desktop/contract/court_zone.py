"""The court's clock. Pure."""

from datetime import datetime, timedelta, timezone
from typing import Final

# China has kept one zone without summer time since 1991; no zone database is needed.
COURT_ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def court_time(text: str) -> datetime:
    """An instant in ISO form by the court's clock; one without a zone is the court's already."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=COURT_ZONE) if at.tzinfo is None else at.astimezone(COURT_ZONE)
