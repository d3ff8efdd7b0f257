"""Spares the start what PySide6 does for a feature that the desk does not use. UI thread.

To offer `from __feature__ import snake_case`, PySide6 reads and keeps the source text of every
module that is imported after it, in search of its own name: about a sixth of the time that the
imports of the desk take, and all those texts stay in memory. A module marked as one that does not
ask for the feature behaves the same.
"""

import sys
from typing import Any, Final

import PySide6.QtCore  # noqa: F401  It brings the module that is looked for.

_FEATURE: Final = "shibokensupport.feature"
_SEARCH: Final = "_mod_uses_pyside"


def spare_sources() -> bool:
    """Lets no source be read on import; False when this PySide6 is built another way."""
    feature: Any = sys.modules.get(_FEATURE)
    if not callable(getattr(feature, _SEARCH, None)):
        return False
    setattr(feature, _SEARCH, lambda _module: False)
    return True
