"""What PostgreSQL says, in words for the person at the desk. Pure but for psycopg's error type."""

import re
from typing import Final

import psycopg

from storage.sync.port import LoginRefused, Refusal, SyncFault, Unreachable

_KEPT: Final = "待发内容已保留。"
UNREACHABLE: Final = "暂时连不上共享库，将自动重试；在此期间可以照常工作。"
# A failed connection carries no SQLSTATE, only the server's words.
_WORDS: Final[tuple[tuple[str, Refusal, str], ...]] = (
    ("password authentication failed", "password", "共享库不接受这个口令。请重新输入。"),
    ("no password supplied", "password", "连接共享库需要口令。请在同步面板中输入。"),
    (
        "account is not registered or locked",
        "account",
        "您的账号已被锁定或尚未登记。请联系管理员。",
    ),
    ("not permitted to log in", "account", "您的账号已被锁定。请联系管理员。"),
    ("device is not registered or revoked", "device", "本设备尚未登记或已被注销。请联系管理员。"),
    ("no pg_hba.conf entry", "address", "共享库不接受来自本机地址的连接。请联系管理员。"),
    (
        "requires a valid client certificate|alert certificate required",
        "identity",
        "共享库还要求本设备的证书。请在连接页选择证书文件。",
    ),
    (
        "alert certificate revoked|alert certificate expired|alert (bad|unsupported) certificate"
        "|alert unknown ca|alert decrypt error|certificate authentication failed",
        "identity",
        "共享库不接受本设备的证书：它已到期、已注销，或不是发给这个用户的。请联系管理员。",
    ),
    ("certificate", "certificate", "共享库的证书无法核实，为安全起见没有连接。请联系管理员。"),
    ("does not support ssl", "certificate", "共享库没有提供加密连接，为安全起见没有连接。"),
    ('role ".*" does not exist', "account", "共享库没有这个账号。请检查用户名。"),
    ('database ".*" does not exist', "address", "共享库的数据库名不对。请检查连接设置。"),
)


def fault_of(error: psycopg.Error) -> SyncFault:
    """What a failed call means for the sync; the connection is given up."""
    state = error.sqlstate or ""
    words = str(error).strip().splitlines()
    first = words[0] if words else type(error).__name__
    if not state or state.startswith("28"):
        lower = str(error).lower()
        for phrase, kind, sentence in _WORDS:
            if re.search(phrase, lower):
                return LoginRefused(f"{sentence}{_KEPT}", kind)
    if state.startswith("28"):
        return LoginRefused(f"共享库拒绝登录：{first}。{_KEPT}", "account")
    if state == "42501":
        return LoginRefused(f"共享库没有授予所需的权限：{first}。{_KEPT}")
    if not state or state[:2] in ("08", "40", "53", "57", "58", "55", "25"):
        return Unreachable(UNREACHABLE)
    return SyncFault(f"共享库返回了意外的错误（{state}）：{first}。{_KEPT}")


def other_certificate(named: str, user: str) -> LoginRefused:
    """The login was refused, and the device's certificate names somebody else."""
    return LoginRefused(
        f"本设备的证书是发给 {named} 的，与用户名 {user} 不符，共享库没有接受。"
        f"请检查用户名，或换用自己的证书。{_KEPT}",
        "identity",
    )


def refusal_of(error: psycopg.Error) -> SyncFault | None:
    """The answer "no" to a question, after which the connection goes on; None for all else."""
    state = error.sqlstate or ""
    said = error.diag.message_primary or str(error)
    if state == "P0001":
        return SyncFault(said)
    if state == "42501":
        return SyncFault(f"您的账号没有这项权限：{said}。")
    if state == "42883":
        return SyncFault("共享库的版本较旧，还没有这项功能。请联系管理员升级共享库。")
    if state[:2] in ("22", "23"):
        return SyncFault(f"共享库不接受这些内容：{said}。")
    return None
