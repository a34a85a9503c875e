"""What a user without the SDK would write: attrs classes, times read, filled from the decoded JSON by hand.

A peer for `call_overhead`, with no strictness, open enumerations, references or explained errors.
"""

from datetime import datetime
from typing import Any

import attrs
import msgspec

__all__ = ["availability", "transactions"]


@attrs.frozen
class Transaction:
    """One charging event; foreign keys are plain texts and numbers."""

    id: int
    charger_id: str
    connector_id: int
    started_at: datetime | None
    ended_at: datetime | None
    initial_soc: float | None
    end_soc: float | None
    energy_delivered: float | None
    end_result: str | None
    vehicle_id: str | None
    driver_id: str | None
    inserted_at: datetime | None


@attrs.frozen
class Availability:
    """One status record of a charger."""

    timestamp: datetime
    status: str
    error_code: str | None
    vendor_error_code: int | None
    vendor_id: int | None


def transactions(body: bytes) -> list[Transaction]:
    """The objects of one page."""
    return [
        Transaction(
            id=row["TransactionID"],
            charger_id=row["ChargerID"],
            connector_id=row["ConnectorID"],
            started_at=_time(row.get("StartAt")),
            ended_at=_time(row.get("EndAt")),
            initial_soc=row.get("InitialSoC"),
            end_soc=row.get("EndSoC"),
            energy_delivered=row.get("EnergyDelivered"),
            end_result=row.get("EndResult"),
            vehicle_id=row.get("VehicleID"),
            driver_id=row.get("DriverID"),
            inserted_at=_time(row.get("InsertedAt")),
        )
        for row in msgspec.json.decode(body)
    ]


def availability(body: bytes) -> Availability:
    """The newest record."""
    row: dict[str, Any] = max(msgspec.json.decode(body)["items"], key=lambda record: record["timeStamp"])
    return Availability(
        timestamp=datetime.fromisoformat(row["timeStamp"]),
        status=row["status"],
        error_code=row.get("errorCode"),
        vendor_error_code=row.get("vendorErrorCode"),
        vendor_id=row.get("vendorId"),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
