"""Statements of the bank: read by a profile, checked, and kept once. No Qt."""

from desktop.funds.statements.guessing import guess
from desktop.funds.statements.model import Fault, Line, Statement, StatementError
from desktop.funds.statements.profiles import Profile, profile, profiles
from desktop.funds.statements.reading import read
from desktop.funds.statements.storing import Gap, Look, Stored, look, own_account, store

__all__ = [
    "Fault",
    "Gap",
    "Line",
    "Look",
    "Profile",
    "Statement",
    "StatementError",
    "Stored",
    "guess",
    "look",
    "own_account",
    "profile",
    "profiles",
    "read",
    "store",
]
