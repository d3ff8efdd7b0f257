"""The clock over 500,000 nodes against one numpy `busday_offset` pass over as many dates.

The baseline adds ten working days to each date and knows nothing else; the desk picks the rule
version in force, counts by unit, rolls behind holidays, says whether the year is published and
when to warn.
"""

import random
import time
from datetime import date, timedelta

import numpy as np

from benchmarks.ratio import Ratio, seconds
from desktop.contract.law import load_law

NODES = 500_000


def measure() -> list[Ratio]:
    """Two rows: seconds for half a million due days, first and later passes."""
    law = load_law()
    catalogue = law.catalogues[0]
    table = law.tables[catalogue.name]
    draw = random.Random(20170331)
    first = date(2020, 1, 1)
    starts = [first + timedelta(days=draw.randrange(2400)) for _ in range(NODES)]
    rules = [rule for rule in catalogue.nodes.values() if rule.limits]
    asked = [(draw.choice(rules), start) for start in starts]
    holidays = np.array(
        [
            day
            for day in (first + timedelta(days=n) for n in range(2500))
            if law.court_calendar.published(day.year)
            and day.weekday() < 5
            and not law.court_calendar.is_workday(day)
        ],
        dtype="datetime64[D]",
    )
    array = np.array(starts, dtype="datetime64[D]")
    baseline = seconds(lambda: np.busday_offset(array, 10, roll="forward", holidays=holidays))

    def ours() -> None:
        due = table.due
        for rule, start in asked:
            due(rule, start)

    before = time.perf_counter()
    ours()
    cold = time.perf_counter() - before
    against = "numpy busday_offset, one limit"
    return [
        Ratio("clock over 500,000 nodes, nothing counted yet", cold, baseline, "s", against),
        Ratio("clock over 500,000 nodes, seen before", seconds(ours, 3), baseline, "s", against),
    ]
