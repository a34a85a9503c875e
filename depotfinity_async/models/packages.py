"""Packages: which API of the vendor belongs to which subscription (vendor page General Information)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Package(StrEnum):
    """What is subscribed to. Vendor page: General Information."""

    BASIC = "Basic"
    ADVANCED = "Advanced"
    PREMIUM = "Premium"


class Api(StrEnum):
    """An API of the vendor, by the name in the table of packages. Vendor page: General Information."""

    CHARGER_STATUS = "Charger Status"
    TRANSACTIONS = "Transactions"
    SESSION_REPORTS = "Session Reports"
    TIME_SERIES = "Time Series"
    FORCE_TERMINATION = "Force Termination"
    RFID = "RFID Management"
    REMOTE_COMMANDS = "Remote Commands"
    RESERVATIONS = "Reservations"
    CHARGER_CONTROL = "Charger Control"
    VIRTUAL_POWER_PLANT = "Virtual Power Plant"
    VDV261 = "VDV-261"


_FROM_BASIC = (Package.BASIC, Package.ADVANCED, Package.PREMIUM)
_FROM_ADVANCED = (Package.ADVANCED, Package.PREMIUM)
_ONLY_PREMIUM = (Package.PREMIUM,)

PACKAGES: Mapping[Api, tuple[Package, ...]] = MappingProxyType(
    {
        Api.CHARGER_STATUS: _FROM_BASIC,
        Api.TRANSACTIONS: _FROM_BASIC,
        Api.SESSION_REPORTS: _FROM_BASIC,
        Api.TIME_SERIES: _FROM_BASIC,
        Api.FORCE_TERMINATION: _FROM_BASIC,
        Api.RFID: _FROM_ADVANCED,
        Api.REMOTE_COMMANDS: _FROM_ADVANCED,
        Api.RESERVATIONS: _FROM_ADVANCED,
        Api.CHARGER_CONTROL: _ONLY_PREMIUM,
        Api.VIRTUAL_POWER_PLANT: _ONLY_PREMIUM,
        Api.VDV261: _ONLY_PREMIUM,
    }
)
"""The packages that hold an API. Vendor page: General Information, table of packages."""
