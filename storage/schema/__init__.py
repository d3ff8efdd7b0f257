"""All tables of the replica. Every module in this folder is walked in, so a new area is a new file.

`metadata` holds the tables; `table("case")` gives one by name.
"""

import importlib
import pkgutil

from sqlalchemy import Table

from storage.schema.base import CENTRE_SCOPE, metadata, synced_tables

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")


def table(name: str) -> Table:
    """The table called `name`; KeyError when there is none."""
    return metadata.tables[name]


__all__ = ["CENTRE_SCOPE", "metadata", "synced_tables", "table"]
