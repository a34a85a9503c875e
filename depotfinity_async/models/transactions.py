"""Transactions: one charging event each, on one connector of one charger."""

from __future__ import annotations

from datetime import datetime, timedelta

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, ToOne, attribute, foreign_key, resource_id

from .assets import Charger, Connector, Driver, Vehicle
from .glossary import SocPercent


class FilterBy(OpenEnum):
    """What ``start`` and ``end`` of a listing apply to. Vendor reference: Transactions."""

    START_AT = "StartAt"
    END_AT = "EndAt"
    INSERTED_AT = "InsertedAt"
    """When the record was stored."""
    OVERLAPPING = "Overlapping"
    """Any part of the transaction lies in the window."""


class OrderBy(OpenEnum):
    """What a listing is sorted by. Vendor page: Transactions."""

    TRANSACTION_ID = "TransactionID"
    START_AT = "StartAt"
    END_AT = "EndAt"


class Order(OpenEnum):
    """Direction of a listing. Vendor reference: Transactions."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class EndResult(OpenEnum):
    """Why a transaction ended: the OCPP 1.6 stop reasons. Values assumed, not documented."""

    EMERGENCY_STOP = "EmergencyStop"
    EV_DISCONNECTED = "EVDisconnected"
    HARD_RESET = "HardReset"
    LOCAL = "Local"
    OTHER = "Other"
    POWER_LOSS = "PowerLoss"
    REBOOT = "Reboot"
    REMOTE = "Remote"
    SOFT_RESET = "SoftReset"
    UNLOCK_COMMAND = "UnlockCommand"
    DE_AUTHORIZED = "DeAuthorized"


@jsonapi.resource("transactions")
class Transaction:
    """One charging event. Vendor page and reference: Transactions.

    While it runs, ``ended_at``, ``end_soc`` and ``end_result`` are ``None`` (assumed, not documented).
    """

    id: int = resource_id("TransactionID")
    charger: ToOne[Charger] = foreign_key("ChargerID")
    connector: ToOne[Connector] = foreign_key("ConnectorID", parent="charger")
    started_at: datetime | None = attribute("StartAt", default=None)
    """Begin, aware UTC."""
    ended_at: datetime | None = attribute("EndAt", default=None)
    """End, aware UTC."""
    initial_soc: SocPercent | None = attribute("InitialSoC", default=None)
    """State of charge at the begin, in percent."""
    end_soc: SocPercent | None = attribute("EndSoC", default=None)
    """State of charge at the end, in percent."""
    energy_delivered: float | None = attribute("EnergyDelivered", default=None)
    """Energy given by the charger, in Wh (the unit is assumed, not documented)."""
    end_result: EndResult | None = attribute("EndResult", default=None)
    vehicle: ToOne[Vehicle] = foreign_key("VehicleID")
    """Assumed, not documented: not loaded when the service does not send ``VehicleID``."""
    driver: ToOne[Driver] = foreign_key("DriverID")
    """Assumed, not documented: not loaded when the service does not send ``DriverID``."""
    inserted_at: datetime | None = attribute("InsertedAt", default=None)
    """When the record was stored, aware UTC. Assumed, not documented."""

    @property
    def is_running(self) -> bool:
        """Whether the transaction has no end yet."""
        return self.ended_at is None

    @property
    def duration(self) -> timedelta | None:
        """From begin to end; ``None`` while either is unknown."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at
