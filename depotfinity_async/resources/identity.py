"""One object for each charger, connector, vehicle and driver, when the client was given an identity map.

What a list of transactions names and what status calls tell meet in the objects of the map.
"""

from __future__ import annotations

from typing import TypeVar

from depotfinity_async.jsonapi import IdentityMap, State, ToOne, to
from depotfinity_async.models.assets import Charger, Connector, Driver, Vehicle
from depotfinity_async.models.session_reports import SessionReport
from depotfinity_async.models.transactions import Transaction

A = TypeVar("A", Charger, Connector, Vehicle, Driver)


def link(identity: IdentityMap | None, *items: Transaction | SessionReport) -> None:
    """Give each reference of the items its object, which stays in a weak map because the item holds it."""
    if identity is None:
        return
    for item in items:
        charger = _linked(identity, item.charger, Charger)
        connector = _linked(identity, item.connector, Connector)
        if charger is not None and connector is not None:
            _belongs(connector, charger)
        _linked(identity, item.vehicle, Vehicle)
        if isinstance(item, Transaction):
            _linked(identity, item.driver, Driver)


def charger_of(identity: IdentityMap, charger_id: str) -> Charger:
    """The map's object of a charger."""
    return identity.adopt(Charger(id=charger_id))


def connector_of(identity: IdentityMap, charger_id: str, connector_id: int) -> Connector:
    """The map's object of a connector."""
    connector = identity.adopt(Connector(id=f"{charger_id}/{connector_id}"))
    connector.number = connector_id
    _belongs(connector, charger_of(identity, charger_id))
    return connector


def _linked(identity: IdentityMap, reference: ToOne[A], kind: type[A]) -> A | None:
    if reference.state is not State.PRESENT:
        return None
    if not reference.is_included:
        reference.link(identity.adopt(kind(id=reference.id)))
    return reference.get()


def _belongs(connector: Connector, charger: Charger) -> None:
    if connector.charger.state is not State.PRESENT or not connector.charger.is_included:
        connector.charger = to(charger)
