"""VDV-261: what a vehicle reports of itself, and what it is told. How they travel is not its matter.

The names are those of the vendor and of VDV 261. Units, ranges and the values that stand for "not available"
are assumed, not documented, unless said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import TypeVar

import attrs

from depotfinity_async import jsonapi
from depotfinity_async.errors import InvalidArgumentError

from .glossary import MacId, Vin

E = TypeVar("E", bound=IntEnum)

NOT_AVAILABLE_8 = 0xFF
NOT_AVAILABLE_16 = 0xFFFF
NOT_AVAILABLE_32 = 0xFFFF_FFFF

NOT_AVAILABLE: Mapping[str, int] = MappingProxyType(
    {
        "odo": NOT_AVAILABLE_32,
        "bat_reqtime": NOT_AVAILABLE_16,
        "bat_eamount": NOT_AVAILABLE_16,
        "bprec_eamount": NOT_AVAILABLE_16,
        "prec_reqtime": NOT_AVAILABLE_16,
        "prec_eamount": NOT_AVAILABLE_16,
        "chrg_stat": NOT_AVAILABLE_8,
    }
)
"""By number of a report, the value that says "not available": the largest that fits into it."""

_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}")


@attrs.frozen(kw_only=True)
class VehicleReport:
    """The state of a vehicle: the full set of what it can say. Vendor page: VDV-261 (names only).

    A number that is None is not available; it is sent as the largest value of its field, which may also be
    given as it is.

    Args:
        evccid: MAC address of the vehicle's charge controller, 12 hexadecimal digits.
        odo: odometer, km, 0 to 4294967295.
        bat_reqtime: time that charging the battery takes, minutes, 0 to 65535.
        bat_eamount: energy that charging the battery takes, kWh, 0 to 65535.
        bprec_eamount: energy that preconditioning the battery takes, kWh, 0 to 65535.
        prec_reqtime: time that preconditioning the cabin takes, minutes, 0 to 65535.
        prec_eamount: energy that preconditioning the cabin takes, kWh, 0 to 65535.
        chrg_stat: charge status, 0 to 255; what its numbers mean is not known.

    Raises:
        InvalidArgumentError: a value does not fit; the text names its field.
    """

    evccid: MacId
    odo: int | None = None
    bat_reqtime: int | None = None
    bat_eamount: int | None = None
    bprec_eamount: int | None = None
    prec_reqtime: int | None = None
    prec_eamount: int | None = None
    chrg_stat: int | None = None

    def __attrs_post_init__(self) -> None:
        _check_mac("evccid", self.evccid)
        for name, largest in NOT_AVAILABLE.items():
            _check_number(name, getattr(self, name), largest)

    def members(self) -> dict[str, str | int]:
        """The full set as it goes over the wire."""
        numbers = {name: getattr(self, name) for name in NOT_AVAILABLE}
        return {"evccid": self.evccid} | {
            name: NOT_AVAILABLE[name] if value is None else value for name, value in numbers.items()
        }


class Preconditioning(IntEnum):
    """``prec_dsrd``. Source: an implementer's article on VDV 261."""

    NOT_DESIRED = 0
    DESIRED = 1


class HvacPreparation(IntEnum):
    """``prec_hvac``. Source: an implementer's article on VDV 261."""

    VENTILATION = 0
    """Hot water and ventilation only."""
    HEATING = 1
    """Hot water and heating."""
    COOLING = 2
    """No hot water; cooling or ventilation."""
    AUTOMATIC = 3
    """No preparation of the climate, or the vehicle decides."""


@jsonapi.value
class VehicleAnswerBody:
    """The answer to a report as it is sent. Vendor reference: VDV-261."""

    seq: int | None = None
    driveoff: int | None = None
    prec_dsrd: int | None = None
    prec_hvac: int | None = None
    ambienttemp: int | None = None
    vin: str | int | None = None
    """A text; the vendor's sample has a number."""


@attrs.frozen(kw_only=True)
class VehicleAnswer:
    """What a vehicle is told. Vendor reference: VDV-261 (names only). None: not available, or not told.

    Args:
        driveoff: minutes until the departure. One known backend tells minutes of the day instead.
        prec_dsrd: whether the vehicle is to prepare itself; a number that is not known stays a number.
        prec_hvac: how it is to prepare its climate; likewise.
        ambienttemp: °C; whether the service adds an offset is not known.
        seq: number of the report that is answered.
        vin: of the vehicle that is answered.
    """

    driveoff: int | None
    prec_dsrd: Preconditioning | int | None
    prec_hvac: HvacPreparation | int | None
    ambienttemp: int | None
    seq: int | None
    vin: Vin | None

    @classmethod
    def of(cls, body: VehicleAnswerBody) -> VehicleAnswer:
        """The answer in a body."""
        desired = _available(body.prec_dsrd, NOT_AVAILABLE_8)
        climate = _available(body.prec_hvac, NOT_AVAILABLE_8)
        return cls(
            driveoff=_available(body.driveoff, NOT_AVAILABLE_16),
            prec_dsrd=_known(Preconditioning, desired),
            prec_hvac=_known(HvacPreparation, climate),
            ambienttemp=_available(body.ambienttemp, NOT_AVAILABLE_8),
            seq=body.seq,
            vin=None if body.vin is None else str(body.vin),
        )


def _check_mac(name: str, value: object) -> None:
    if not isinstance(value, str) or not _MAC.fullmatch(value):
        raise InvalidArgumentError(f"{name} must be a MAC address of 12 hexadecimal digits.")


def _check_number(name: str, value: object, largest: int) -> None:
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest
    ):
        raise InvalidArgumentError(f"{name} must be a whole number from 0 to {largest}, or None.")


def _available(value: int | None, not_available: int) -> int | None:
    return None if value == not_available else value


def _known(kind: type[E], value: int | None) -> E | int | None:
    return next((member for member in kind if member == value), value)
