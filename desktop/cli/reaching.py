"""Reaches a hub for a command that has a store open. No Qt."""

import os

from storage.session import Session
from storage.sync import identity
from storage.sync.postgres import PostgresRemote


def reach(session: Session, hub: str) -> PostgresRemote:
    """The hub `hub` (a connection string), with the certificate of this device if it has one.

    The password stands in the string or comes from EDESK_HUB_PASSWORD. Nothing is opened yet.
    """
    return PostgresRemote(
        hub, password=os.environ.get("EDESK_HUB_PASSWORD"), identity=identity.recall(session)
    )
