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
    from .models.assets import Charger, Connector, Driver, Vehicle
    from .models.charger_status import (
        ChargerAvailability,
        ChargerAvailabilityRecord,
        Connectivity,
        ConnectivityRecord,
        ConnectorAvailability,
        ConnectorAvailabilityRecord,
        ErrorCode,
    )
    from .models.time_series import Measurand, Phase, TimeSeries, TimeSeriesPoint
    from .models.transactions import EndResult, FilterBy, Order, OrderBy, Transaction
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
    ".models.assets": ("Charger", "Connector", "Driver", "Vehicle"),
    ".models.charger_status": (
        "ChargerAvailability",
        "ChargerAvailabilityRecord",
        "Connectivity",
        "ConnectivityRecord",
        "ConnectorAvailability",
        "ConnectorAvailabilityRecord",
        "ErrorCode",
    ),
    ".models.time_series": ("Measurand", "Phase", "TimeSeries", "TimeSeriesPoint"),
    ".models.transactions": ("EndResult", "FilterBy", "Order", "OrderBy", "Transaction"),
    ".ratelimit": ("Budget", "BudgetStatus", "Clock"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AuthenticationError",
    "BadRequestError",
    "Budget",
    "BudgetStatus",
    "BudgetUnavailableError",
    "CertificateError",
    "Charger",
    "ChargerAvailability",
    "ChargerAvailabilityRecord",
    "ClientStateError",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Connectivity",
    "ConnectivityRecord",
    "Connector",
    "ConnectorAvailability",
    "ConnectorAvailabilityRecord",
    "DeadlineError",
    "DepotFinity",
    "DepotFinityError",
    "Driver",
    "EndResult",
    "ErrorCode",
    "FilterBy",
    "InvalidArgumentError",
    "Measurand",
    "MissingCredentialsError",
    "NoResponseError",
    "NotFoundError",
    "Order",
    "OrderBy",
    "PermissionDeniedError",
    "Phase",
    "RateLimitedError",
    "Reply",
    "Secret",
    "ServerError",
    "ServiceUnavailableError",
    "Settings",
    "StatusError",
    "TimeSeries",
    "TimeSeriesPoint",
    "Transaction",
    "TransportError",
    "UnexpectedResponseError",
    "Vehicle",
    "__version__",
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
