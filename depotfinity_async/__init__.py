"""The asynchronous SDK for Siemens DepotFinity.

Everything a user needs is imported from here. Names are loaded at first use (PEP 562), so that
``from depotfinity_async import jsonapi`` loads neither the client nor an HTTP library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .client import DepotFinity
    from .config import Secret, Settings
    from .errors import (
        AuthenticationError,
        BadRequestError,
        BudgetUnavailableError,
        CertificateError,
        ClientStateError,
        CommandRejectedError,
        ConfigurationError,
        ConflictError,
        ConnectionFailedError,
        DeadlineError,
        DepotFinityError,
        InvalidArgumentError,
        MissingCredentialsError,
        NoResponseError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitedError,
        ServerError,
        ServiceUnavailableError,
        StatusError,
        TransportError,
        UnexpectedResponseError,
    )
    from .http.call import Reply
    from .models.acknowledgement import Acknowledgement
    from .models.assets import Charger, Connector, Driver, Vehicle
    from .models.charger_control import (
        ChargerPowerLimits,
        ConnectorPowerLimit,
        DefaultProfileStatus,
        LastPowerLimits,
        PowerElement,
        PowerGroup,
        PowerLimitWindow,
        PowerUnit,
        power_limit_windows,
    )
    from .models.charger_status import (
        ChargerAvailability,
        ChargerAvailabilityRecord,
        Connectivity,
        ConnectivityRecord,
        ConnectorAvailability,
        ConnectorAvailabilityRecord,
        ErrorCode,
    )
    from .models.glossary import ChargerId, ConnectorId, DriverId, MacId, RfidTag, SocPercent, VehicleId, Vin
    from .models.packages import Api, Package
    from .models.remote_commands import CommandStatus, RemoteCommand, RemoteCommandResult
    from .models.reservations import AuthorizationType, Reservation, ReservationAdded
    from .models.time_series import Measurand, Phase, TimeSeries, TimeSeriesPoint
    from .models.transactions import EndResult, FilterBy, Order, OrderBy, Transaction
    from .models.virtual_power_plant import EnergyPriceBlock
    from .ratelimit import Budget, BudgetStatus, Clock

_HOMES = {
    ".client": ("DepotFinity",),
    ".config": ("Secret", "Settings"),
    ".errors": (
        "AuthenticationError",
        "BadRequestError",
        "BudgetUnavailableError",
        "CertificateError",
        "ClientStateError",
        "CommandRejectedError",
        "ConfigurationError",
        "ConflictError",
        "ConnectionFailedError",
        "DeadlineError",
        "DepotFinityError",
        "InvalidArgumentError",
        "MissingCredentialsError",
        "NoResponseError",
        "NotFoundError",
        "PermissionDeniedError",
        "RateLimitedError",
        "ServerError",
        "ServiceUnavailableError",
        "StatusError",
        "TransportError",
        "UnexpectedResponseError",
    ),
    ".http.call": ("Reply",),
    ".models.acknowledgement": ("Acknowledgement",),
    ".models.assets": ("Charger", "Connector", "Driver", "Vehicle"),
    ".models.charger_control": (
        "ChargerPowerLimits",
        "ConnectorPowerLimit",
        "DefaultProfileStatus",
        "LastPowerLimits",
        "PowerElement",
        "PowerGroup",
        "PowerLimitWindow",
        "PowerUnit",
        "power_limit_windows",
    ),
    ".models.charger_status": (
        "ChargerAvailability",
        "ChargerAvailabilityRecord",
        "Connectivity",
        "ConnectivityRecord",
        "ConnectorAvailability",
        "ConnectorAvailabilityRecord",
        "ErrorCode",
    ),
    ".models.glossary": (
        "ChargerId",
        "ConnectorId",
        "DriverId",
        "MacId",
        "RfidTag",
        "SocPercent",
        "VehicleId",
        "Vin",
    ),
    ".models.packages": ("Api", "Package"),
    ".models.remote_commands": ("CommandStatus", "RemoteCommand", "RemoteCommandResult"),
    ".models.reservations": ("AuthorizationType", "Reservation", "ReservationAdded"),
    ".models.time_series": ("Measurand", "Phase", "TimeSeries", "TimeSeriesPoint"),
    ".models.transactions": ("EndResult", "FilterBy", "Order", "OrderBy", "Transaction"),
    ".models.virtual_power_plant": ("EnergyPriceBlock",),
    ".ratelimit": ("Budget", "BudgetStatus", "Clock"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Acknowledgement",
    "Api",
    "AuthenticationError",
    "AuthorizationType",
    "BadRequestError",
    "Budget",
    "BudgetStatus",
    "BudgetUnavailableError",
    "CertificateError",
    "Charger",
    "ChargerAvailability",
    "ChargerAvailabilityRecord",
    "ChargerId",
    "ChargerPowerLimits",
    "ClientStateError",
    "Clock",
    "CommandRejectedError",
    "CommandStatus",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Connectivity",
    "ConnectivityRecord",
    "Connector",
    "ConnectorAvailability",
    "ConnectorAvailabilityRecord",
    "ConnectorId",
    "ConnectorPowerLimit",
    "DeadlineError",
    "DefaultProfileStatus",
    "DepotFinity",
    "DepotFinityError",
    "Driver",
    "DriverId",
    "EndResult",
    "EnergyPriceBlock",
    "ErrorCode",
    "FilterBy",
    "InvalidArgumentError",
    "LastPowerLimits",
    "MacId",
    "Measurand",
    "MissingCredentialsError",
    "NoResponseError",
    "NotFoundError",
    "Order",
    "OrderBy",
    "Package",
    "PermissionDeniedError",
    "Phase",
    "PowerElement",
    "PowerGroup",
    "PowerLimitWindow",
    "PowerUnit",
    "RateLimitedError",
    "RemoteCommand",
    "RemoteCommandResult",
    "Reply",
    "Reservation",
    "ReservationAdded",
    "RfidTag",
    "Secret",
    "ServerError",
    "ServiceUnavailableError",
    "Settings",
    "SocPercent",
    "StatusError",
    "TimeSeries",
    "TimeSeriesPoint",
    "Transaction",
    "TransportError",
    "UnexpectedResponseError",
    "Vehicle",
    "VehicleId",
    "Vin",
    "__version__",
    "power_limit_windows",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(home, __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
