"""Statements of the bank: read by a profile, checked, and kept once. No Qt."""

from desktop.funds.statements.model import Fault, Line, Statement, StatementError
from desktop.funds.statements.profiles import Profile, profile, profiles
from desktop.funds.statements.reading import read

__all__ = [
    "Fault",
    "Line",
    "Profile",
    "Statement",
    "StatementError",
    "profile",
    "profiles",
    "read",
]
