"""Groups of marks that would lie on one another. Pure; any thread."""

from collections import defaultdict
from collections.abc import Sequence

from widgets.map.mercator import Point


def clusters(places: Sequence[Point], reach: float, alone: frozenset[int]) -> list[list[int]]:
    """Indexes of `places` in groups; each member lies within `reach` of the group's first.

    Deterministic in the order of `places`. Those in `alone` always stand by themselves.
    """
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    keys = [(int(x // reach), int(y // reach)) for x, y in places]
    for number, key in enumerate(keys):
        if number not in alone:
            cells[key].append(number)
    groups: list[list[int]] = []
    taken = [False] * len(places)
    square = reach * reach
    for number, (x, y) in enumerate(places):
        if taken[number]:
            continue
        taken[number] = True
        group = [number]
        groups.append(group)
        if number in alone:
            continue
        column, row = keys[number]
        for near_column in (column - 1, column, column + 1):
            for near_row in (row - 1, row, row + 1):
                for other in cells.get((near_column, near_row), ()):
                    if taken[other]:
                        continue
                    away_x, away_y = places[other][0] - x, places[other][1] - y
                    if away_x * away_x + away_y * away_y <= square:
                        taken[other] = True
                        group.append(other)
    return groups
