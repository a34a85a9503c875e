"""The settings of a client as one checked, frozen value.

However a `Settings` is made, its values are checked; where they come from is the matter of `load`.
"""

import ipaddress
import math
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urlsplit

import attrs

from depotfinity_async.errors import ConfigurationError

from .secret import Secret

__all__ = ["REGIONS", "Settings"]

# Region -> (API address, token address). Only `eu` is known (vendor page of every API; Token Management).
REGIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"eu": ("https://api.eu.depot.emobility.io", "https://clientapp-auth.eu.depot.emobility.io/oauth2/token")}
)

_VISIBLE: Final = re.compile(r"[!-~]+")
_PRINTABLE: Final = re.compile(r"[ -~]+")
_LONGEST_NAME: Final = 64
# One slot less than the vendor's limit (vendor page General Information, 429).
_MOST_RESERVED: Final = 99
_BUDGET_RULE: Final = (
    "budget must be 'process', 'host', the path of a file, or a URL that starts with redis://, rediss:// "
    "or unix://."
)


def _without_slash(url: str) -> str:
    return url.rstrip("/")


@attrs.frozen(kw_only=True)
class Settings:
    """Everything a client can be told.

    Args:
        client_id: from Siemens Regional Support (vendor page Authorization); holds no colon.
        client_secret: likewise.
        base_url: address of the API; https, or http to this machine only.
        token_url: whole address of the token endpoint; the same rule.
        region: name of the deployment; only ``eu`` is known.
        timeout: seconds for one try on the wire, from taking a connection to the last byte of the answer.
        deadline: seconds of the budget's clock for a whole call, all waits included; None: no deadline.
        max_response_bytes: longest body taken, counted after decompression.
        max_retries: tries after the first one.
        proxy: URL of an HTTP proxy, may hold credentials; the environment's proxies are not used.
        ca_bundle: PEM file of the only authorities to trust; None: those of the system.
        user_agent_suffix: appended to the User-Agent.
        paths: templates that replace built-in ones, by the name of the operation.
        budget: where the state of the request budget is kept: ``process``; ``host`` for a file in the user's
            state folder, shared by all processes of this user; the path of a file; or the URL of a Redis or
            Valkey server (redis://, rediss://, unix://; may hold credentials), shared by hosts.
        egress: name of the public address this host is seen under, 1 to 64 characters; budgets of one
            deployment and one egress are one budget.
        command_reserve: slots of the budget that reads may not take, kept for commands (writes), 0 to 99.
        on_budget_down: when the shared state is away: ``share`` goes on with a safe share of the budget,
            ``raise`` fails at once.
        package: what is subscribed to (vendor page General Information); only used to explain a 403.
        media_type: what calls ask for: ``application/json``, as in the vendor's examples, or
            ``application/vnd.api+json``, JSON:API documents where the service has them (assumed, not
            documented), else plain JSON.
        vehicle_url: address that vehicles report to (vendor page VDV-261); None: ``base_url`` (assumed, not
            documented). The same rule as for that one.
        vehicle_ca_bundle: PEM file of the only authorities that vehicles trust, such as the V2ICP root
            certificate; None: ``ca_bundle``.
        count_vehicles: whether the reports of vehicles use slots of the request budget. That the service
            counts them is assumed, not documented.

    Raises:
        ConfigurationError: a value is not allowed.
    """

    client_id: str
    client_secret: Secret
    base_url: str = attrs.field(converter=_without_slash)
    token_url: str = attrs.field(converter=_without_slash)
    region: str = "eu"
    timeout: float = 30.0
    deadline: float | None = None
    max_response_bytes: int = 64 * 1024 * 1024
    max_retries: int = 4
    proxy: str | None = attrs.field(default=None, repr=False)
    ca_bundle: Path | None = None
    user_agent_suffix: str | None = None
    paths: Mapping[str, str] = attrs.field(factory=dict[str, str])
    budget: str = attrs.field(default="process", repr=False)
    egress: str = "default"
    command_reserve: int = 0
    on_budget_down: Literal["share", "raise"] = "share"
    package: Literal["Basic", "Advanced", "Premium"] | None = None
    media_type: Literal["application/json", "application/vnd.api+json"] = "application/json"
    vehicle_url: str | None = attrs.field(default=None, converter=attrs.converters.optional(_without_slash))
    vehicle_ca_bundle: Path | None = None
    count_vehicles: bool = True

    def __attrs_post_init__(self) -> None:
        # A colon would move the border between name and password in the Basic header (RFC 7617, section 2).
        _check_text("client_id", self.client_id, _PRINTABLE)
        if ":" in self.client_id:
            raise ConfigurationError("client_id must not hold a colon.")
        _check_secret(self.client_secret)
        _check_url("base_url", self.base_url)
        _check_url("token_url", self.token_url)
        _check_seconds("timeout", self.timeout)
        if self.deadline is not None:
            _check_seconds("deadline", self.deadline)
        _check_whole("max_response_bytes", self.max_response_bytes, 1)
        _check_whole("max_retries", self.max_retries, 0)
        if self.proxy is not None:
            _check_proxy(self.proxy)
        if self.user_agent_suffix is not None:
            _check_text("user_agent_suffix", self.user_agent_suffix, _PRINTABLE)
        _check_budget(self.budget)
        if not (self.egress.isprintable() and 0 < len(self.egress) <= _LONGEST_NAME):
            raise ConfigurationError(f"egress must be a name of 1 to {_LONGEST_NAME} printable characters.")
        _check_whole("command_reserve", self.command_reserve, 0)
        if self.command_reserve > _MOST_RESERVED:
            raise ConfigurationError(
                f"command_reserve must be at most {_MOST_RESERVED}: reads need at least one slot."
            )
        if self.on_budget_down not in ("share", "raise"):
            raise ConfigurationError("on_budget_down must be 'share' or 'raise'.")
        if self.package not in (None, "Basic", "Advanced", "Premium"):
            raise ConfigurationError("package must be 'Basic', 'Advanced' or 'Premium'.")
        if self.media_type not in ("application/json", "application/vnd.api+json"):
            raise ConfigurationError("media_type must be 'application/json' or 'application/vnd.api+json'.")
        if self.vehicle_url is not None:
            _check_url("vehicle_url", self.vehicle_url)
        _check_flag("count_vehicles", self.count_vehicles)


def _check_text(name: str, value: object, allowed: re.Pattern[str]) -> None:
    # The value stays out of every message here: it may be a secret in the wrong place.
    if not isinstance(value, str) or not allowed.fullmatch(value):
        spaces = "" if allowed is _PRINTABLE else " and no spaces"
        raise ConfigurationError(f"{name} must be a text of printable ASCII characters{spaces}.")


def _check_secret(value: object) -> None:
    if not isinstance(value, Secret):
        raise ConfigurationError("client_secret must be wrapped: Secret(...).")
    _check_text("client_secret", value.reveal(), _PRINTABLE)


def _check_url(name: str, value: str) -> None:
    _check_text(name, value, _VISIBLE)
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"{name} is not a valid URL.") from None
    if "@" in parts.netloc:
        raise ConfigurationError(f"{name} must not hold a user name or password.")
    if "?" in value or "#" in value:
        raise ConfigurationError(f"{name} must not hold a query or a fragment.")
    if not host or port == 0 or parts.netloc.endswith(":") or "\\" in value:
        raise ConfigurationError(f"{name} must be a whole URL such as https://host.example.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ConfigurationError(
            f"{name} must begin with https://; plain http:// is for this machine only, such as http://127.0.0.1."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_proxy(value: str) -> None:
    _check_text("proxy", value, _VISIBLE)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError("proxy must be a URL such as http://host.example:3128.")


def _check_budget(value: object) -> None:
    # The value stays out of the messages: the URL of a server holds its password.
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        raise ConfigurationError(_BUDGET_RULE)
    scheme, separator, _ = value.partition("://")
    if separator and scheme not in ("redis", "rediss", "unix"):
        raise ConfigurationError(_BUDGET_RULE)
    if value not in ("process", "host") and not separator and Path(value).name == value:
        raise ConfigurationError(f"{_BUDGET_RULE} A file in the current folder is written ./{value}.")


def _check_seconds(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ConfigurationError(f"{name} must be a finite number of seconds above 0.")


def _check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} must be true or false.")


def _check_whole(name: str, value: object, lowest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
        raise ConfigurationError(f"{name} must be a whole number, at least {lowest}.")
