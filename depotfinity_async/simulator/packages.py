"""Which API belongs to which package, for every API of the vendor: data, and two questions to it."""

import re
from typing import Final

BASIC: Final = "Basic"
ADVANCED: Final = "Advanced"
PREMIUM: Final = "Premium"
PACKAGES: Final = (BASIC, ADVANCED, PREMIUM)

# Vendor page General Information, table of packages.
MATRIX: Final[dict[str, frozenset[str]]] = {
    "Charger Status": frozenset({BASIC, ADVANCED, PREMIUM}),
    "Transactions": frozenset({BASIC, ADVANCED, PREMIUM}),
    "Session Reports": frozenset({BASIC, ADVANCED, PREMIUM}),
    "Time Series": frozenset({BASIC, ADVANCED, PREMIUM}),
    "Force Termination": frozenset({BASIC, ADVANCED, PREMIUM}),
    "RFID Management": frozenset({ADVANCED, PREMIUM}),
    "Remote Commands": frozenset({ADVANCED, PREMIUM}),
    "Reservations": frozenset({ADVANCED, PREMIUM}),
    "Charger Control": frozenset({PREMIUM}),
    "Virtual Power Plant": frozenset({PREMIUM}),
    "VDV-261": frozenset({PREMIUM}),
}

_PATHS: Final = tuple(
    (re.compile(pattern), api)
    for pattern, api in (
        (r"/v1/chargerStatus/.+", "Charger Status"),
        (r"/v2/transactions(/[^/]+)?", "Transactions"),
        (r"/v1/sessionReports", "Session Reports"),
        (r"/v1/timeSeries/.+", "Time Series"),
        (r"/v1/chargerControl/[^/]+/forceTerminateConnection", "Force Termination"),
        (r"/v2/rfid(/.+)?", "RFID Management"),
        (r"/v[12]/chargerControl/chargers/[^/]+/remoteCommands/[^/]+", "Remote Commands"),
        (r"/v1/reservations/.+", "Reservations"),
        (r"/v1/chargerControl/chargerGroups/[^/]+/externalPowerLimits", "Charger Control"),
        (r"/v1/chargerGroup/powergroups", "Charger Control"),
        (r"/v1/vppController/.+", "Virtual Power Plant"),
        (r"(/v1)?/vdv", "VDV-261"),
    )
)


def api_of(path: str) -> str | None:
    """The vendor's API a path belongs to; None when it belongs to none."""
    return next((api for pattern, api in _PATHS if pattern.fullmatch(path)), None)


def allows(package: str, api: str) -> bool:
    """Whether a subscription to `package` holds `api`."""
    return package in MATRIX[api]
