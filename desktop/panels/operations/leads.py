"""Where the page of an operation leads to: orders, map, police, self-test, case, pictures.

UI thread.
"""

from desktop.command.operations.chronicle import Entry
from desktop.command.operations.records import Group, Operation
from desktop.contract.context import PanelContext


class Leads:
    """Opens other panels by their names, with what they have to know of the operation."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context

    def order(self, order_id: str) -> None:
        """An order that was given."""
        self._context.open("remote_command", {"order_id": order_id})

    def new_order(self, one: Operation, group: Group | None = None) -> None:
        """A new order for the operation, or for a group of it."""
        params = {
            "new": "1",
            "operation_id": one.id,
            "case_id": one.case_id or "",
            "place": one.place,
        }
        if one.lat_e7 is not None and one.lon_e7 is not None:
            params |= {"lat_e7": str(one.lat_e7), "lon_e7": str(one.lon_e7)}
        if group is not None:
            params |= {
                "team_id": group.team_id,
                "person_id": group.leader_id or "",
                "unit_id": group.unit_id or "",
            }
        self._context.open("remote_command", {key: value for key, value in params.items() if value})

    def group_on_map(self, group: Group) -> None:
        """Where a group is, as far as a unit of it is known."""
        known = {"unit_id": group.unit_id} if group.unit_id else None
        self._context.open("live_map", known or {"operation_id": group.operation_id})

    def map(self, one: Operation) -> None:
        """Everybody of the operation on the map."""
        self._context.open("live_map", {"operation_id": one.id})

    def police(self, one: Operation) -> None:
        """A request for officers of the corps."""
        params = {"new": "1", "operation_id": one.id, "team_id": one.team_id}
        if one.case_id:
            params["case_id"] = one.case_id
        self._context.open("police", params)

    def self_test(self, one: Operation) -> None:
        """The test that a start rests on."""
        self._context.open("equipment", {"self_test": "1", "operation_id": one.id})

    def case(self, one: Operation) -> None:
        """The case that it is about."""
        if one.case_id:
            self._context.open("case_query", {"case_id": one.case_id})

    def entry(self, entry: Entry) -> None:
        """What a line of the log is about."""
        if entry.order_id:
            self.order(entry.order_id)
        elif entry.picture_id:
            self._context.open("feeds", {"snapshot_id": entry.picture_id})
