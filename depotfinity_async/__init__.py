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
        AssumptionWarning,
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
    from .models.access_token import AccessToken
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
    from .models.conversions import StatusWord
    from .models.glossary import ChargerId, ConnectorId, DriverId, MacId, RfidTag, SocPercent, VehicleId, Vin
    from .models.packages import Api, Package
    from .models.remote_commands import CommandStatus, RemoteCommand, RemoteCommandResult
    from .models.reservations import AuthorizationType, Reservation, ReservationAdded
    from .models.session_reports import (
        BatteryAlignment,
        BreakerOpening,
        ChargeParameters,
        DetailKey,
        DetailStatusEvent,
        DeviceError,
        DeviceId,
        DeviceState,
        DeviceStatusEvent,
        OcppStatusEvent,
        ParamType,
        SessionReport,
    )
    from .models.time_series import Measurand, Phase, TimeSeries, TimeSeriesPoint
    from .models.transactions import EndResult, FilterBy, Order, OrderBy, Transaction
    from .models.vdv261 import HvacPreparation, Preconditioning, VehicleAnswer, VehicleReport
    from .models.virtual_power_plant import EnergyPriceBlock
    from .ratelimit import Budget, BudgetStatus, Clock
    from .resources.vdv261 import VehicleSession
    from .resources.vdv261_loop import ReportLoop

_HOMES = {
    ".client": ("DepotFinity",),
    ".config": ("Secret", "Settings"),
    ".errors": (
        "AssumptionWarning",
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
    ".models.access_token": ("AccessToken",),
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
    ".models.conversions": ("StatusWord",),
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
    ".models.session_reports": (
        "BatteryAlignment",
        "BreakerOpening",
        "ChargeParameters",
        "DetailKey",
        "DetailStatusEvent",
        "DeviceError",
        "DeviceId",
        "DeviceState",
        "DeviceStatusEvent",
        "OcppStatusEvent",
        "ParamType",
        "SessionReport",
    ),
    ".models.time_series": ("Measurand", "Phase", "TimeSeries", "TimeSeriesPoint"),
    ".models.transactions": ("EndResult", "FilterBy", "Order", "OrderBy", "Transaction"),
    ".models.vdv261": ("HvacPreparation", "Preconditioning", "VehicleAnswer", "VehicleReport"),
    ".models.virtual_power_plant": ("EnergyPriceBlock",),
    ".ratelimit": ("Budget", "BudgetStatus", "Clock"),
    ".resources.vdv261": ("VehicleSession",),
    ".resources.vdv261_loop": ("ReportLoop",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AccessToken",
    "Acknowledgement",
    "Api",
    "AssumptionWarning",
    "AuthenticationError",
    "AuthorizationType",
    "BadRequestError",
    "BatteryAlignment",
    "BreakerOpening",
    "Budget",
    "BudgetStatus",
    "BudgetUnavailableError",
    "CertificateError",
    "ChargeParameters",
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
    "DetailKey",
    "DetailStatusEvent",
    "DeviceError",
    "DeviceId",
    "DeviceState",
    "DeviceStatusEvent",
    "Driver",
    "DriverId",
    "EndResult",
    "EnergyPriceBlock",
    "ErrorCode",
    "FilterBy",
    "HvacPreparation",
    "InvalidArgumentError",
    "LastPowerLimits",
    "MacId",
    "Measurand",
    "MissingCredentialsError",
    "NoResponseError",
    "NotFoundError",
    "OcppStatusEvent",
    "Order",
    "OrderBy",
    "Package",
    "ParamType",
    "PermissionDeniedError",
    "Phase",
    "PowerElement",
    "PowerGroup",
    "PowerLimitWindow",
    "PowerUnit",
    "Preconditioning",
    "RateLimitedError",
    "RemoteCommand",
    "RemoteCommandResult",
    "Reply",
    "ReportLoop",
    "Reservation",
    "ReservationAdded",
    "RfidTag",
    "Secret",
    "ServerError",
    "ServiceUnavailableError",
    "SessionReport",
    "Settings",
    "SocPercent",
    "StatusError",
    "StatusWord",
    "TimeSeries",
    "TimeSeriesPoint",
    "Transaction",
    "TransportError",
    "UnexpectedResponseError",
    "Vehicle",
    "VehicleAnswer",
    "VehicleId",
    "VehicleReport",
    "VehicleSession",
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
