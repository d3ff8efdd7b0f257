"""Hubs that are copied from one that was set up once a process: only hubs differ, not set-ups."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import psycopg

from storage.hub import embedded, setup


@functools.cache
def _set_up(portable: bool) -> Path:
    """A folder with a hub that was ended in order, before anybody was its member."""
    folder = Path(tempfile.mkdtemp(prefix="edesk-template-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = embedded.start(folder, fast=True)
    setup.initialise(server.admin_dsn, portable=portable)
    embedded.stop(folder)
    return folder


def start_hub(folder: Path, *, tls: bool = False, portable: bool = False) -> embedded.Server:
    """A running hub in `folder`, with an identity and a key of its own. With `tls` another
    PostgreSQL is wanted, and everything is set up there anew."""
    if tls:
        server = embedded.start(folder, fast=True, tls=True)
        setup.initialise(server.admin_dsn, portable=portable)
        return server
    folder.mkdir(parents=True)
    shutil.copytree(_set_up(portable) / "data", folder / "data")
    server = embedded.start(folder, fast=True)
    with psycopg.connect(server.admin_dsn) as admin:
        admin.execute("update sync.hub set hub_id = gen_random_uuid()")
        admin.execute(
            "with k as (select sync.random_key() key) update sync.secret"
            " set inner_pad = sync.pad(key, 54), outer_pad = sync.pad(key, 92) from k"
        )
    return server
