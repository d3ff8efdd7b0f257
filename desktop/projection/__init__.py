"""The projection of node dates: built from facts, read by every list and plot. No Qt.

A node's dates are derived once per change and kept as rows, so that half a million nodes can be
counted, sorted and filtered by an index. Whatever is kept here can be rebuilt from facts.
"""

from typing import Final

FACT_TABLES: Final = ("case", "node_event", "suspension", "extension", "hold")
"""Tables whose change makes node dates stale."""
