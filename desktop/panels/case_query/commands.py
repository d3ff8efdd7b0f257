"""Seals and unseals a case. Writer lane."""

from dataclasses import dataclass

from sqlalchemy import Connection, update

from storage.schema import table


@dataclass(frozen=True, slots=True)
class SealArgs:
    """Whether a case is opened with a stated purpose only from now on."""

    case_id: str
    sealed: bool


def seal(connection: Connection, args: SealArgs) -> None:
    """Nothing happens to a case that is so already."""
    case = table("case")
    connection.execute(
        update(case)
        .where(case.c.id == args.case_id, case.c.sealed != int(args.sealed))
        .values(sealed=int(args.sealed))
    )
