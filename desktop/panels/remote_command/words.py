"""What the list and the page say of an order's state. Chinese, as the states are; no Qt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from desktop.command.orders.reading import Order
from desktop.rules.command_law import OrderRung
from desktop.rules.field_orders import STATE_WORDS, OrderState, rungs_due

STATE_STYLES: Final = {
    OrderState.DRAFT: "paused",
    OrderState.SENT: "due_soon",
    OrderState.DELIVERED: "due_soon",
    OrderState.ACKNOWLEDGED: "normal",
    OrderState.EN_ROUTE: "normal",
    OrderState.ON_SCENE: "normal",
    OrderState.DONE: "done",
    OrderState.REFUSED: "overdue",
    OrderState.CANCELLED: "paused",
}
SOON: Final = timedelta(minutes=10)
QUEUED_OFFLINE: Final = "待发（离线）"
QUEUED_ONLINE: Final = "正在发送"
REPORT_QUEUED: Final = "（待报）"


def state_look(
    one: Order, ladder: Sequence[OrderRung], now: datetime, *, offline: bool
) -> tuple[str, str]:
    """(style, words). An order that waits to be sent is never said to be sent, nor a report that
    only this device knows to be known."""
    standing = one.standing
    if standing.queued:
        return "unknown", QUEUED_OFFLINE if offline else QUEUED_ONLINE
    words = STATE_WORDS[standing.state]
    if standing.report_queued:
        return "unknown" if offline else STATE_STYLES[standing.state], words + REPORT_QUEUED
    if rungs_due(standing, ladder, now):
        return "overdue", words + "·未确认"
    return STATE_STYLES[standing.state], words


def clock_words(one: Order, now: datetime) -> str:
    """How much time is left, or how late it is."""
    if one.due_at is None:
        return ""
    minutes = int((one.due_at - now).total_seconds() // 60)
    if minutes < 0:
        return f"逾时 {span_words(-minutes)}"
    return f"余 {span_words(minutes)}"


def clock_look(one: Order, now: datetime) -> tuple[str, str]:
    """(style, words) of the time left; nothing without a time, or once nobody has to keep it."""
    words = clock_words(one, now)
    if not words or not one.standing.open:
        return "", ""
    if one.late(now):
        return "overdue", words
    soon = one.due_at is not None and one.due_at - now <= SOON
    return ("due_soon" if soon else "normal"), words


def span_words(minutes: int) -> str:
    """A stretch as short as it can be read: 12 分, 1:40, 3 日."""
    if minutes < 60:
        return f"{minutes} 分"
    if minutes < 24 * 60:
        return f"{minutes // 60}:{minutes % 60:02d}"
    return f"{minutes // (24 * 60)} 日"
