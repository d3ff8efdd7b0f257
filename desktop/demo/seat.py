"""Who sits at the desk of a demo, so that one person can try every pen. Writer thread; no Qt."""

from sqlalchemy import Connection

from desktop.demo import is_demo
from desktop.demo.paper_desk import HOME
from desktop.errors import UserError
from desktop.rules.signing_matrix import POST_NAMES


def take_seat(connection: Connection, whom: str) -> tuple[str, str]:
    """Seats a person of the intermediate court, by name or by post; gives both. It counts from the
    next start on. Raises UserError, naming who there is."""
    if not is_demo(connection):
        raise UserError("在座人员只能在演示数据中这样更换。")
    people = connection.exec_driver_sql(
        "select person.id, person.name, post from person join court on court.id = court_id"
        " where code = ? and left_on is null order by person.id",
        (HOME,),
    ).fetchall()
    words = {str(post): name for post, name in POST_NAMES.items()}
    for id_, name, post in people:
        if whom in (name, post, words.get(post)):
            connection.exec_driver_sql(
                "insert or replace into setting (key, value) values ('person_id', ?)", (id_,)
            )
            return str(name), words.get(post, str(post))
    posts = "、".join(dict.fromkeys(words.get(post, str(post)) for _id, _name, post in people))
    raise UserError(f"中级法院没有“{whom}”。可写姓名，或职务：{posts}。")
