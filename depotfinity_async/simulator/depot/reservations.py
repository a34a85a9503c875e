"""Reservations of connectors. They say for whom a connector is kept; they start nothing."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from .model import Connector


@attrs.define
class Reservation:
    """A connector kept for one tag, start <= t < end; `over_at` is set when it is used or cancelled."""

    id: int
    charger_id: str
    connector_id: int
    start: datetime
    end: datetime
    tag: str
    over_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When the connector is free for all again."""
        return self.end if self.over_at is None else min(self.end, self.over_at)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the connector is reserved at any time of start <= t < end."""
        return start < self.ends_at and self.start < end and self.start < self.ends_at


class Reservations:
    """All reservations that were ever made, by connector, in the order they were made; ids count from 1."""

    def __init__(self) -> None:
        self._count = 0
        self._by_connector: dict[tuple[str, int], list[Reservation]] = {}

    def on(self, connector: Connector) -> Sequence[Reservation]:
        """The reservations of a connector, whether or not they are over."""
        return self._by_connector.get((connector.charger_id, connector.number), ())

    def overlapping(self, connector: Connector, start: datetime, end: datetime) -> Reservation | None:
        """The first reservation of the connector in start <= t < end, or None."""
        return next((each for each in self.on(connector) if each.overlaps(start, end)), None)

    def at(self, connector: Connector, moment: datetime) -> Reservation | None:
        """The reservation in force at a moment, or None."""
        return next((each for each in self.on(connector) if each.start <= moment < each.ends_at), None)

    def add(self, connector: Connector, start: datetime, end: datetime, tag: str) -> Reservation:
        """Reserve; the time must be free of reservations."""
        self._count += 1
        made = Reservation(self._count, connector.charger_id, connector.number, start, end, tag)
        self._by_connector.setdefault((connector.charger_id, connector.number), []).append(made)
        return made
