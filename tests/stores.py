"""New stores copied from one that was made once a process: only their devices differ."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from storage.ids import new_id
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE


@functools.cache
def empty_store() -> Path:
    """The folder of a closed store of the present schema, which nobody opens again."""
    folder = Path(tempfile.mkdtemp(prefix="edesk-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Replica.open(folder, PASSPHRASE, create=True).close()
    return folder


def new_store(folder: Path) -> Replica:
    """An open, empty store in `folder`, as on a device of its own."""
    shutil.copytree(empty_store(), folder, dirs_exist_ok=True)
    replica = Replica.open(folder, PASSPHRASE)
    device = new_id()
    with Session(replica, actor="").apply() as write:
        write.connection.exec_driver_sql("update _ctl set device_id = ?", (device,))
    replica.device_id = device
    return replica
