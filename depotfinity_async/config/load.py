"""Where settings come from: argument > environment > profile file > default.

The only place that looks at the environment or opens a settings file, and only when it is called.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypedDict, Unpack, cast
from urllib.parse import urlsplit

from depotfinity_async.errors import ConfigurationError, MissingCredentialsError

from .secret import Secret
from .settings import REGIONS, Settings

__all__ = ["ConnectionArguments", "SettingArguments", "load_settings"]

_PREFIX: Final = "DEPOTFINITY_"
_IN_ENVIRONMENT: Final = (
    "client_id",
    "client_secret",
    "client_secret_file",
    "base_url",
    "token_url",
    "region",
    "proxy",
    "ca_bundle",
    "user_agent_suffix",
    "budget",
    "egress",
    "on_budget_down",
    "package",
    "media_type",
    "vehicle_url",
    "vehicle_ca_bundle",
)
_NOT_ONLY_TEXTS: Final = ("client_secret", "client_secret_file", "ca_bundle", "vehicle_ca_bundle")
_IN_PROFILE: Final = (
    *_IN_ENVIRONMENT,
    "timeout",
    "deadline",
    "max_response_bytes",
    "max_retries",
    "paths",
    "command_reserve",
    "count_vehicles",
)
_TEXTS: Final = tuple(name for name in _IN_ENVIRONMENT if name not in _NOT_ONLY_TEXTS)


class ConnectionArguments(TypedDict, total=False):
    """All settings but the credentials, as arguments; None and empty texts count as not given."""

    base_url: str | None
    token_url: str | None
    region: str | None
    timeout: float | None
    deadline: float | None
    max_response_bytes: int | None
    max_retries: int | None
    proxy: str | None
    ca_bundle: str | Path | None
    user_agent_suffix: str | None
    paths: Mapping[str, str] | None
    egress: str | None
    command_reserve: int | None
    on_budget_down: Literal["share", "raise"] | None
    package: Literal["Basic", "Advanced", "Premium"] | None
    media_type: Literal["application/json", "application/vnd.api+json"] | None
    vehicle_url: str | None
    vehicle_ca_bundle: str | Path | None
    count_vehicles: bool | None


class SettingArguments(ConnectionArguments, total=False):
    """All settings as arguments."""

    client_id: str | None
    client_secret: str | Secret | None
    client_secret_file: str | Path | None


def load_settings(
    *,
    environ: Mapping[str, str] | None = None,
    profile: str | None = None,
    budget: str | None = None,
    default_budget: str = "process",
    **arguments: Unpack[SettingArguments],
) -> Settings:
    """Collects the settings: argument > environment > profile file > default.

    Args:
        environ: stands in for the environment of the process. Read are DEPOTFINITY_CLIENT_ID, _CLIENT_SECRET,
            _CLIENT_SECRET_FILE, _BASE_URL, _TOKEN_URL, _REGION, _PROXY, _CA_BUNDLE, _USER_AGENT_SUFFIX,
            _BUDGET, _EGRESS, _ON_BUDGET_DOWN, _PACKAGE, _MEDIA_TYPE, _VEHICLE_URL,
            _VEHICLE_CA_BUNDLE, _PROFILE and _CONFIG.
        profile: table ``[profiles.NAME]`` of the profile file; else DEPOTFINITY_PROFILE, else "default".
        budget: the setting of this name.
        default_budget: what it is when it is given nowhere; the command line has another default.
        arguments: settings that win over everything else; see `Settings`.

    Returns:
        The checked settings.

    Raises:
        MissingCredentialsError: no client id or no client secret anywhere; the text lists all the places.
        ConfigurationError: a value, a key, a file or the mix of addresses is not allowed.
    """
    env = os.environ if environ is None else environ
    file = _profile_path(env)
    chosen = profile or env.get("DEPOTFINITY_PROFILE")
    layers = (
        _given({**arguments, "budget": budget}),
        _given({name: env.get(_PREFIX + name.upper()) for name in _IN_ENVIRONMENT}),
        _given(_read_profile(file, chosen, asked_for=bool(chosen or env.get("DEPOTFINITY_CONFIG")))),
    )
    values: dict[str, Any] = {"budget": default_budget}
    for layer in reversed(layers):
        values.update(layer)
    _check_kinds(values)
    values.pop("client_secret_file", None)
    values["client_secret"] = _secret(layers)
    if not values.get("client_id") or values["client_secret"] is None:
        raise MissingCredentialsError(_missing(values, file))
    values["base_url"], values["token_url"] = _addresses(
        values.get("region", "eu"), values.get("base_url"), values.get("token_url")
    )
    for name in ("ca_bundle", "vehicle_ca_bundle"):
        if name in values:
            values[name] = _path(name, values[name])
            if not values[name].is_file():
                raise ConfigurationError(f"The CA bundle {values[name]} is not a file.")
    return Settings(**values)


def _given(values: Mapping[str, object]) -> dict[str, object]:
    unset = (None, "", Secret(""))
    return {name: value for name, value in values.items() if value not in unset}


def _profile_path(env: Mapping[str, str]) -> Path:
    if named := env.get("DEPOTFINITY_CONFIG"):
        return Path(named).expanduser()
    home = env.get("HOME")
    base = env.get("XDG_CONFIG_HOME") or (Path(home) if home else Path.home()) / ".config"
    return Path(base) / "depotfinity" / "config.toml"


def _read_profile(file: Path, name: str | None, *, asked_for: bool) -> dict[str, object]:
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        if asked_for:
            raise ConfigurationError(f"The profile file {file} does not exist.") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The profile file {file} can't be read ({type(error).__name__}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The profile file {file} is not valid TOML: {error}.") from None
    _known(document, ("profiles",), f"the profile file {file}")
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict):
        raise ConfigurationError(f"profiles in {file} must be tables such as [profiles.default].")
    tables = cast("dict[str, object]", profiles)
    if name and name not in tables:
        raise ConfigurationError(f"The profile {name!r} is not in {file}.{_nearest(name, tables)}")
    table = tables.get(name or "default", {})
    if not isinstance(table, dict):
        raise ConfigurationError(f"profiles.{name or 'default'} in {file} must be a table.")
    chosen = cast("dict[str, object]", table)
    _known(chosen, _IN_PROFILE, f"the profile {name or 'default'!r} of {file}")
    return chosen


def _check_kinds(values: Mapping[str, object]) -> None:
    # A profile file can hold any kind; the range of the values is checked by Settings.
    for name in _TEXTS:
        if not isinstance(values.get(name, ""), str):
            raise ConfigurationError(f"{name} must be a text.")
    paths = values.get("paths", {})
    if not isinstance(paths, Mapping) or not all(
        isinstance(text, str) for pair in cast("Mapping[object, object]", paths).items() for text in pair
    ):
        raise ConfigurationError("paths must map names of operations to path templates, all texts.")


def _known(table: Iterable[str], allowed: Iterable[str], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise ConfigurationError(f"Unknown key {key!r} in {where}.{_nearest(key, allowed)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(known)}."


def _secret(layers: Iterable[Mapping[str, object]]) -> Secret | None:
    # The nearest place wins as a whole: a secret file in the environment goes before a secret in the profile.
    for layer in layers:
        value = layer.get("client_secret")
        if isinstance(value, Secret):
            return value
        if isinstance(value, str):
            return Secret(value)
        if value is not None:
            raise ConfigurationError("client_secret must be a text.")
        if "client_secret_file" in layer:
            return _read_secret(_path("client_secret_file", layer["client_secret_file"]))
    return None


def _read_secret(file: Path) -> Secret:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise ConfigurationError(f"The client secret file {file} can't be read ({reason}).") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ConfigurationError(f"The client secret file {file} is empty.")
    return Secret(text)


def _path(name: str, value: object) -> Path:
    if not isinstance(value, str | Path):
        raise ConfigurationError(f"{name} must be the path of a file.")
    return Path(value).expanduser()


def _missing(values: Mapping[str, object], file: Path) -> str:
    names = [name for name in ("client_id", "client_secret") if not values.get(name)]
    return (
        f"No {' and no '.join(names)} found. Give credentials in one of these ways: "
        "as arguments (client_id=..., client_secret=... or client_secret_file=...); "
        "in the environment (DEPOTFINITY_CLIENT_ID, and DEPOTFINITY_CLIENT_SECRET or "
        "DEPOTFINITY_CLIENT_SECRET_FILE with the name of a file); "
        f"or in the profile file {file} (table [profiles.default], keys client_id, and client_secret or "
        "client_secret_file). Siemens Regional Support hands out credentials."
    )


def _addresses(region: str, base_url: str | None, token_url: str | None) -> tuple[str, str]:
    if base_url and token_url:
        return base_url, token_url
    if region not in REGIONS:
        raise ConfigurationError(
            f"The addresses of region {region!r} are not known: set base_url and token_url, "
            f"or use a known region ({', '.join(REGIONS)})."
        )
    # Nothing is guessed for a foreign host: credentials and tokens must not go where nobody sent them.
    for given, known, name, other in (
        (base_url, REGIONS[region][0], "base_url", "token_url"),
        (token_url, REGIONS[region][1], "token_url", "base_url"),
    ):
        if given and not _same_host(given, known):
            raise ConfigurationError(f"{name} is not a host of region {region!r}: set {other} as well.")
    return base_url or REGIONS[region][0], token_url or REGIONS[region][1]


def _same_host(given: str, known: str) -> bool:
    try:
        return urlsplit(given).netloc == urlsplit(known).netloc
    except ValueError:
        return False
