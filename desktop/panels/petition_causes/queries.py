"""Reads the risk list. Reader lanes; some seconds on a large city."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.petitions.causes import RiskList, risk_list


@dataclass(frozen=True, slots=True)
class RiskArgs:
    """The law with the store's calendar, and the day."""

    law: Law
    today: date


def risks(connection: Connection, args: RiskArgs) -> RiskList:
    """The list of the day with its trial."""
    return risk_list(connection, args.law, args.today)
