"""`DepotFinity`: the client, its lifetime and options, with the vendor's APIs as attributes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, Unpack

import aiohttp
import attrs
import msgspec

from depotfinity_async.config import Secret, SettingArguments, Settings, load_settings
from depotfinity_async.errors import ClientStateError, ConfigurationError, InvalidArgumentError
from depotfinity_async.http import Call, Lane, Reply, Transport, budget_of, expand
from depotfinity_async.jsonapi import IdentityMap
from depotfinity_async.models.access_token import AccessToken
from depotfinity_async.models.glossary import Vin
from depotfinity_async.models.packages import Package
from depotfinity_async.ratelimit import Budget, Clock
from depotfinity_async.resources.charger_control import ChargerControl
from depotfinity_async.resources.charger_status import ChargerStatus
from depotfinity_async.resources.force_termination import ForceTermination
from depotfinity_async.resources.packages import Packages
from depotfinity_async.resources.parameters import scalar
from depotfinity_async.resources.paths import templates
from depotfinity_async.resources.remote_commands import RemoteCommands
from depotfinity_async.resources.requester import Requester
from depotfinity_async.resources.reservations import Reservations
from depotfinity_async.resources.rfid import Rfid
from depotfinity_async.resources.session_reports import SessionReports
from depotfinity_async.resources.time_series import TimeSeriesReader
from depotfinity_async.resources.transactions import Transactions
from depotfinity_async.resources.vdv261 import VehicleSession
from depotfinity_async.resources.virtual_power_plant import VirtualPowerPlant

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class DepotFinity:
    """An asynchronous client of Siemens DepotFinity.

    Use it with ``async with``, or call :meth:`aclose` when it is done. Making one sends nothing and opens
    nothing. It belongs to the event loop of its first call; coroutines of that loop may share it freely.

    Settings are taken from arguments, else from the environment (``DEPOTFINITY_CLIENT_ID`` and so on), else
    from a profile file, else from the defaults for the region ``eu``; empty texts count as not given.

    Args:
        client_id, client_secret: credentials from Siemens Regional Support.
        client_secret_file: a file that holds the secret, instead of ``client_secret``.
        base_url, token_url, region: the deployment; a region other than ``eu`` needs both addresses.
        profile: name of a table in the profile file (``~/.config/depotfinity/config.toml``).
        timeout: seconds for one try on the wire (default 30).
        deadline: seconds for a whole call with all its waiting; by default a call waits as long as it takes.
        max_response_bytes: longest body taken, after decompression (default 64 MiB).
        max_retries: tries after the first (default 4).
        proxy, ca_bundle, user_agent_suffix: of the connection; the environment's proxies are not used.
        paths: path templates by operation name, in place of the built-in ones (some of which are assumed).
        session: an aiohttp session of your own. It is used and never closed.
        budget: where the state of the request budget of 100 requests per 300 s is kept. By default in the
            ``process``: all its clients that talk to one deployment share it. ``host`` shares it with the
            other processes of this user on this machine, the path of a file with those that may write it,
            the URL of a Redis or Valkey server with other hosts. Or a budget of your own, such as a smaller
            share for one job.
        egress: name of the public address that this host is seen under; only hosts and processes with the
            same one share a budget.
        command_reserve: slots that reads may not take (default 0).
        package: what you have subscribed to, ``Basic``, ``Advanced`` or ``Premium``; with it the error of a
            403 says whether the API is a part of it. Nothing is refused because of it.
        on_budget_down: when the shared state is away, ``share`` (default) or ``raise``.
        media_type: what is asked for, ``application/json`` (default) or ``application/vnd.api+json``, which
            stands for JSON:API documents; with them ``include=`` brings related resources along. That the
            service has them is assumed, not documented; what comes is read as what it is.
        vehicle_url, vehicle_ca_bundle, count_vehicles: of the sessions that :meth:`vehicle` makes.
        identity: an identity map that lives as long as you want: lists of transactions and calls of
            ``chargers`` then fill the same objects. By default every answer has objects of its own, and
            nothing is kept.
        clock: for a simulator that lives faster than real time; by default the budget's clock.

    Raises:
        MissingCredentialsError: no client id or no secret anywhere; the text lists all the places.
        ConfigurationError: a setting is not allowed.
    """

    transactions: Transactions
    """Transactions (vendor page: Transactions)."""
    chargers: ChargerStatus
    """Availability and connectivity (vendor page: Charger Status)."""
    session_reports: SessionReports
    """What HPC chargers recorded of their sessions (vendor page: Session Reports)."""
    time_series: TimeSeriesReader
    """Measured values over time (vendor page: Time Series)."""
    rfid: Rfid
    """Tags that start and stop charging (vendor page: RFID)."""
    remote_commands: RemoteCommands
    """Starting and stopping of charging, and other commands (vendor page: Remote Command)."""
    force_termination: ForceTermination
    """Taking a charger offline (vendor page: Force Terminate Connection)."""
    reservations: Reservations
    """Keeping connectors for somebody (vendor page: Reservations)."""
    charger_control: ChargerControl
    """Power groups and limits on them (vendor page: Charger Control)."""
    virtual_power_plant: VirtualPowerPlant
    """Energy prices (vendor page: Virtual Power Plant)."""
    packages: Packages
    """Which API belongs to which package (vendor page: General Information)."""

    def __init__(
        self,
        *,
        profile: str | None = None,
        session: aiohttp.ClientSession | None = None,
        budget: Budget | str | os.PathLike[str] | None = None,
        identity: IdentityMap | None = None,
        clock: Clock | None = None,
        **settings: Unpack[SettingArguments],
    ) -> None:
        if isinstance(budget, os.PathLike):
            budget = os.path.abspath(budget)  # a path, though it may be named as something else
        place, own = (budget, None) if isinstance(budget, str) else (None, budget)
        self._open(load_settings(profile=profile, budget=place, **settings), session, own, identity, clock)

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        session: aiohttp.ClientSession | None = None,
        budget: Budget | None = None,
        identity: IdentityMap | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """A client of settings that were made before; neither environment nor profile file has a say."""
        client = object.__new__(cls)
        client._open(settings, session, budget, identity, clock)
        return client

    def _open(
        self,
        settings: Settings,
        session: aiohttp.ClientSession | None,
        budget: Budget | None,
        identity: IdentityMap | None,
        clock: Clock | None,
    ) -> None:
        self._settings = settings
        if budget is None:
            budget = budget_of(self._settings, clock)
        _check_budget(budget)
        self._budget = budget
        self._transport = Transport(
            self._settings, budget=budget, clock=clock or budget.clock, session=session
        )
        self._is_copy = False
        package = self._settings.package
        self._attach(
            Requester(
                self._transport,
                templates(self._settings.paths),
                self._settings.deadline,
                packages=Packages(None if package is None else Package(package)),
                json_api=self._settings.media_type != "application/json",
                identity=identity,
            )
        )

    def _attach(self, requester: Requester) -> None:
        self._requester = requester
        self.transactions = Transactions(requester)
        self.chargers = ChargerStatus(requester)
        self.session_reports = SessionReports(requester)
        self.time_series = TimeSeriesReader(requester)
        self.rfid = Rfid(requester)
        self.remote_commands = RemoteCommands(requester)
        self.force_termination = ForceTermination(requester)
        self.reservations = Reservations(requester)
        self.charger_control = ChargerControl(requester)
        self.virtual_power_plant = VirtualPowerPlant(requester)
        self.packages = requester.packages

    @property
    def budget(self) -> Budget:
        """The request budget; ``print(depot.budget.status())`` tells how much of it is used."""
        return self._budget

    def with_options(
        self,
        *,
        deadline: float | None = None,
        paths: Mapping[str, str] | None = None,
        lane: Lane | None = None,
    ) -> DepotFinity:
        """A copy with other options, which shares the connections, the token and the budget.

        Closing is the original's matter: a copy is not closed, and ends with the original.

        Args:
            deadline: seconds for each whole call of the copy.
            paths: path templates that replace those of the original, by operation name.
            lane: where the copy's calls wait for the budget: ``command`` goes before ``poll``. By default
                writes are commands and reads are polls; a read that somebody waits for may go as a command.
        """
        copy = object.__new__(type(self))
        copy._settings = self._settings
        copy._budget = self._budget
        copy._transport = self._transport
        copy._is_copy = True
        requester = self._requester
        copy._attach(
            attrs.evolve(
                requester,
                templates=(
                    requester.templates if paths is None else templates({**requester.templates, **paths})
                ),
                deadline=requester.deadline if deadline is None else deadline,
                lane=lane or requester.lane,
            )
        )
        return copy

    async def token(self) -> AccessToken:
        """The access token, for those who need it elsewhere. Vendor page: Token Management.

        It is the one that the calls of this client use: renewed if it is due, within the request budget. The
        calls need no token of yours.

        Raises:
            AuthenticationError: the credentials are refused.
            UnexpectedResponseError: the token endpoint answered without a token.
            DepotFinityError: see the tree in :mod:`depotfinity_async.errors`.
        """
        return AccessToken(await self._transport.token(self._requester.deadline))

    def vehicle(self, vin: Vin, password: str | Secret) -> VehicleSession:
        """A session of a vehicle, with the settings and the budget of this client. Vendor page: VDV-261.

        It shows the vehicle's credentials and nothing of this client's, has connections of its own, and is
        closed on its own: ``async with depot.vehicle(vin, password) as vehicle``.

        Args:
            vin: of the vehicle, 11 to 17 letters and digits.
            password: of the vehicle, 1 to 150 printable ASCII characters.

        Raises:
            InvalidArgumentError: one of the two has a wrong form.
        """
        requester = self._requester
        settings = attrs.evolve(self._settings, paths=requester.templates, deadline=requester.deadline)
        return VehicleSession.from_settings(
            vin, password, settings, budget=self._budget, clock=self._transport.clock
        )

    async def request(
        self,
        method: str,
        path: str,
        *,
        values: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int] | None = None,
        json: Any = None,
        accept: str = "application/json",
        repeatable: bool | None = None,
        deadline: float | None = None,
    ) -> Reply:
        """Any endpoint, with the same care: token, budget, retries and typed errors.

        Args:
            method: HTTP method.
            path: path template such as ``/v1/things/{id}``, without a query.
            values: one for each placeholder; each becomes one quoted segment.
            query: parameters, not encoded.
            json: body, any value that JSON can hold.
            accept: media type asked for.
            repeatable: whether it may be sent again when nobody knows if it was processed; by default only
                GET, HEAD and OPTIONS are.
            deadline: seconds for the whole call.

        Returns:
            The reply; ``reply.json()`` reads its body.

        Raises:
            DepotFinityError: see the tree in :mod:`depotfinity_async.errors`.
        """
        try:
            body = None if json is None else msgspec.json.encode(json)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidArgumentError(f"json cannot be written as JSON: {error}") from None
        return await self._transport.send(
            Call(
                operation=f"{method} {path}",
                method=method,
                path=expand(path, values or {}),
                query=tuple((name, scalar(name, value)) for name, value in (query or {}).items()),
                body=body,
                content_type=None if body is None else "application/json",
                accept=accept,
                repeatable=method in READING_METHODS if repeatable is None else repeatable,
                lane=self._requester.lane or ("poll" if method in READING_METHODS else "command"),
                deadline=self._requester.deadline if deadline is None else deadline,
            )
        )

    async def aclose(self) -> None:
        """Close the client: calls in flight end with :class:`ClientStateError`. Closing twice is fine."""
        if self._is_copy:
            raise ClientStateError("This client is a copy from with_options(): close the original instead.")
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        if self._is_copy:
            raise ClientStateError("This client is a copy from with_options(): enter and close the original.")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<DepotFinity {self._settings.base_url}>"


def _check_budget(budget: object) -> None:
    if not isinstance(budget, Budget):
        raise ConfigurationError(
            "budget: must be 'process', 'host', the path of a file, the URL of a server or a Budget, "
            f"not of type {type(budget).__name__}."
        )
