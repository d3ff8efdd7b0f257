"""Opens a store and everything that is read once from it. Runs on the writer lane.

Nothing here touches the window: progress goes through a function, faults are raised as they are.
"""

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from desktop.background.keeping import stored_settings
from desktop.background.read_log import sealed_cases
from desktop.contract.context import Who
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law, load_law
from desktop.demo import is_demo
from desktop.errors import UserError
from desktop.projection.local_days import local_days
from desktop.projection.project import projector
from storage.drafts import Drafts
from storage.key import Key
from storage.records.people import Post
from storage.replica import Replica
from storage.schema import people
from storage.session import Session
from storage.sync.validity import ended_words, validity

DEMO_SEED: Final = 57
POSTS: Final = {
    Post.PRESIDENT: "院长",
    Post.VICE_PRESIDENT: "分管院领导",
    Post.BUREAU_CHIEF: "执行局局长",
    Post.DEPUTY_CHIEF: "副局长",
    Post.COMMISSAR: "政委",
    Post.TRIBUNAL_HEAD: "庭长",
    Post.QUOTA_JUDGE: "员额法官",
    Post.JUDGE_ASSISTANT: "法官助理",
    Post.CLERK: "书记员",
    Post.POLICE: "司法警察",
    Post.OPERATOR: "值班员",
    Post.FINANCE: "案款管理人",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What to open. demo_cases: how many cases to invent when a demo store is still empty."""

    folder: Path
    passphrase: str
    create: bool = False
    demo: bool = False
    demo_cases: int = 50_000
    key: Key | None = None  # of this passphrase, where it is derived already


@dataclass(frozen=True, slots=True)
class OpenStore:
    """An open store; `close` gives the files back."""

    replica: Replica
    session: Session
    drafts: Drafts
    law: Law
    who: Who
    city: str
    demo: bool
    settings: dict[str, str]
    sealed: dict[str, str]
    ended: str = ""  # why nothing of it may be shown before the next exchange

    def close(self) -> None:
        """Closes both files; what was committed is in them."""
        self.drafts.close()
        self.replica.close()


def open_store(wish: Wish, progress: Callable[[int, int], bool]) -> OpenStore:
    """Opens or creates the store of `wish`, inventing a city in an empty demo store.

    Raises ReplicaFault, or UserError when real data stand where a demo was asked for.
    """
    replica = Replica.open(wish.folder, wish.passphrase, create=wish.create, derived=wish.key)
    try:
        return _prepare(replica, wish, progress)
    except BaseException:
        replica.close()
        raise


def _prepare(replica: Replica, wish: Wish, progress: Callable[[int, int], bool]) -> OpenStore:
    plain = Session(replica, actor="")
    with plain.read() as connection:
        law = load_law(local_days(connection))
    if wish.demo:
        law = _fill_demo(plain, law, wish, progress)
    with plain.read() as connection:
        settings = stored_settings(connection)
        sealed = sealed_cases(connection)
        demo = is_demo(connection)
        who = _who(connection, settings.get("person_id", ""), demo)
        city = _city(connection)
        found = validity(connection, datetime.now(COURT_ZONE))
        ended = ended_words(found) if found is not None and found.over else ""
    held = settings.get("today", "")
    session = Session(
        replica,
        actor=who.person_id or who.name,
        before_commit=[projector(law, lambda: date.fromisoformat(held) if held else _today())],
    )
    drafts = Drafts.open(replica)
    return OpenStore(replica, session, drafts, law, who, city, demo, settings, sealed, ended)


def _fill_demo(session: Session, law: Law, wish: Wish, progress: Callable[[int, int], bool]) -> Law:
    """Invents the city in an empty store; gives the law with the calendar of that city."""
    with session.read() as connection:
        courts = connection.execute(select(func.count()).select_from(people.court)).scalar_one()
        demo = is_demo(connection)
    if courts and not demo:
        raise UserError("该文件夹中是正式数据，不能用作演示。请为演示另选一个文件夹。")
    if courts:
        return law
    # Half the start-up time of a desk without a demo would go into importing its generator.
    from desktop.demo.city import generate  # noqa: PLC0415

    now = datetime.now(COURT_ZONE)
    return generate(
        *(session, law),
        cases=wish.demo_cases,
        seed=DEMO_SEED,
        today=now.date(),
        now=now,
        progress=progress,
    ).law


def _today() -> date:
    return datetime.now(COURT_ZONE).date()


def _who(connection: Connection, person_id: str, demo: bool) -> Who:
    person = people.person
    query = select(person.c.id, person.c.name, person.c.post)
    if person_id:
        query = query.where(person.c.id == person_id)
    elif demo:
        query = query.where(person.c.post == Post.OPERATOR.value).order_by(person.c.id)
    else:
        return Who(None, _account(), "")
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return Who(None, _account(), "")
    return Who(row[0], row[1], POSTS.get(Post(row[2]), ""))


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _city(connection: Connection) -> str:
    """The short name of the court that has no superior here."""
    court = people.court
    query = select(court.c.short_name).where(court.c.superior_id.is_(None)).limit(1)
    return connection.execute(query).scalar_one_or_none() or ""
