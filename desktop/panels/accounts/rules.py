"""How an account and a device stand, in words and states. Pure; any thread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from desktop.contract.fixed_words import ROLE_WORDS

CENTRE: Final = -1
PASSWORD_LEAST: Final = 8
KEPT_DAYS: Final = 90  # the hub keeps changes so long; an older replica is filled anew
WARN_DAYS: Final = 75
UNSENT_DAYS: Final = 3
CLOCK_OFF_MS: Final = 5 * 60_000
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that was given out, shown once."""

    who: str
    password: str
    until: str


def instant(text: object) -> datetime | None:
    """A moment as the hub writes it; None for none."""
    return datetime.fromisoformat(str(text)) if text else None


def moment(text: object, now: datetime) -> str:
    """Day and minute by the court's clock; empty for none."""
    at = instant(text)
    return "" if at is None else f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"


def role_words(roles: Iterable[str]) -> str:
    """The roles by name."""
    return "、".join(ROLE_WORDS.get(role, role) for role in roles)


def scope_words(scopes: Iterable[int], teams: Mapping[int, str]) -> str:
    """The scopes by name; a team that this desk does not know by its number."""
    return "、".join(scope_name(scope, teams) for scope in scopes)


def scope_name(scope: int, teams: Mapping[int, str]) -> str:
    """One scope by name."""
    return "指挥中心（全部）" if scope == CENTRE else teams.get(scope, f"团队 {scope}")


def user_state(user: Facts, now: datetime) -> tuple[str, str]:
    """State style and words of an account."""
    until = instant(user.get("password_until"))
    if user.get("locked_at"):
        return "paused", "已锁定"
    if until is not None and until <= now:
        return "overdue", "初始口令过期"
    if until is not None:
        return "due_soon", "待改口令"
    if not user.get("last_seen"):
        return "unknown", "从未登录"
    return "normal", "正常"


def device_state(device: Facts, now: datetime) -> tuple[str, str]:
    """State style and words of a device: what is most pressing first."""
    if device.get("revoked_at"):
        return ("done", "已清除") if device.get("wiped_at") else ("due_soon", "待清除")
    if away_days(device, now) >= KEPT_DAYS:
        return "overdue", "须重新装载"
    if away_days(device, now) >= WARN_DAYS:
        return "due_soon", "久未联系"
    since = instant(device.get("unsent_since"))
    if device.get("unsent") and since is not None and now - since >= timedelta(days=UNSENT_DAYS):
        return "overdue", "久未送出"
    if abs(device.get("clock_off_ms") or 0) >= CLOCK_OFF_MS:
        return "due_soon", "时钟偏差"
    return "normal", "正常"


def away_days(device: Facts, now: datetime) -> int:
    """Whole days since the last contact."""
    last = instant(device.get("last_seen") or device.get("first_seen"))
    return 0 if last is None else max(0, (now - last).days)


def device_hint(device: Facts, now: datetime) -> str:
    """What the state of a device means for whoever looks after it; empty when all is well."""
    words = device_state(device, now)[1]
    left = KEPT_DAYS - away_days(device, now)
    sentences = {
        "待清除": "该设备下次联系共享库时会清除本机数据。",
        "已清除": f"该设备已于 {moment(device.get('wiped_at'), now)} 报告清除完毕。",
        "须重新装载": f"超过 {KEPT_DAYS} 天没有联系，下次联系时将重新装载全部数据。",
        "久未联系": f"再过 {left} 天没有联系，就须重新装载全部数据。",
        "久未送出": f"有 {device.get('unsent')} 项修改自 "
        f"{moment(device.get('unsent_since'), now)} 起没有送出，注销该设备会丢失它们。",
        "时钟偏差": f"该设备的时钟与共享库相差 {clock_words(device)}。",
    }
    return sentences.get(words, "")


def clock_words(device: Facts) -> str:
    """How far the clock of a device is off; empty when unknown."""
    off = device.get("clock_off_ms")
    if off is None:
        return ""
    seconds = abs(off) / 1000
    if seconds < 1:
        return "<1 秒"
    return f"{seconds:.0f} 秒" if seconds < 120 else f"{seconds / 60:.0f} 分钟"


def user_rows(
    users: Sequence[Facts], teams: Mapping[int, str], now: datetime, numbers: Mapping[str, int]
) -> list[dict[str, object]]:
    """Rows of the list of users; `numbers` keeps a row's id over a reload."""
    return [
        {
            "id": numbers[user["who"]],
            "who": user["who"],
            "title": user.get("title") or "",
            "person": user.get("person") or "",
            "roles": role_words(user["roles"]),
            "scopes": scope_words(user["scopes"], teams),
            "state": user_state(user, now),
            "last_seen": moment(user.get("last_seen"), now),
            "devices": user.get("devices"),
        }
        for user in users
    ]


def device_rows(
    devices: Sequence[Facts], now: datetime, numbers: Mapping[str, int]
) -> list[dict[str, object]]:
    """Rows of the list of devices."""
    return [
        {
            "id": numbers[device["id"]],
            "owner": device["owner"],
            "name": device.get("name") or "",
            "state": device_state(device, now),
            "last_seen": moment(device.get("last_seen"), now),
            "unsent": device.get("unsent") or 0,
            "unsent_since": moment(device.get("unsent_since"), now),
            "app_ver": device.get("app_ver") or "",
            "schema_ver": device.get("schema_ver") or "",
            "clock": clock_words(device),
            "hint": device_hint(device, now),
        }
        for device in devices
    ]
