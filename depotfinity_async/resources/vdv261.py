"""VDV-261: a vehicle reports its state and learns when it leaves and how to prepare.

A vehicle has credentials of its own and no access token, so its session is a client of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import TracebackType
from typing import Self, Unpack

import aiohttp
import attrs
import msgspec

from depotfinity_async.config import ConnectionArguments, Secret, Settings, load_settings
from depotfinity_async.errors import ClientStateError, InvalidArgumentError
from depotfinity_async.http import LANES, Call, Transport, budget_of, expand
from depotfinity_async.jsonapi import flat_object
from depotfinity_async.models.glossary import Vin
from depotfinity_async.models.packages import Package
from depotfinity_async.models.vdv261 import VehicleAnswer, VehicleAnswerBody, VehicleReport
from depotfinity_async.ratelimit import Budget, Clock

from .decoding import decoded
from .packages import Packages
from .paths import ENDPOINTS, templates
from .vdv261_loop import ReportLoop

_VIN = re.compile(r"[A-Za-z0-9]{11,17}")
_PASSWORD = re.compile(r"[ -~]{1,150}")
_NUMBERS = 256
# A vehicle that is not counted takes no slot that others could use. Its own budget is there for the pause
# after a 429 or 503, and so wide that it never holds a report back.
_UNCOUNTED = 100_000
_ADVICE = (
    "Check the VIN and the password of the vehicle, that its secure connection is enabled, "
    "and that the password is synchronised."
)


class VehicleSession:
    """A vehicle as a client of the service. Vendor page: VDV-261; package Premium.

    It needs no client credentials: the VIN and the password of the vehicle are what it shows (HTTP Basic,
    RFC 7617). Use it with ``async with``, or call :meth:`aclose`; ``depot.vehicle(vin, password)`` makes one
    with the settings of a client. All other settings come from arguments, environment and profile file as
    those of :class:`DepotFinity`; client id and client secret are not looked at.

    Args:
        vin: of the vehicle, 11 to 17 letters and digits.
        password: of the vehicle, 1 to 150 printable ASCII characters.
        profile, session, budget, clock: as of :class:`DepotFinity`.
        vehicle_url: where vehicles report to; by default ``base_url`` (assumed, not documented).
        vehicle_ca_bundle: PEM file with the V2ICP root certificate from Siemens Regional Support; the only
            authority that is trusted then.
        count_vehicles: by default a report takes a slot of the request budget like any other call, 30 of 100
            for one vehicle that reports every 10 s: the vendor does not say that vehicles are exempt. With
            ``False`` it takes none.
        settings: the others, as of :class:`DepotFinity`.

    Raises:
        InvalidArgumentError: the VIN or the password has a wrong form.
        ConfigurationError: a setting is not allowed.
    """

    def __init__(
        self,
        vin: Vin,
        password: str | Secret,
        *,
        profile: str | None = None,
        session: aiohttp.ClientSession | None = None,
        budget: Budget | str | None = None,
        clock: Clock | None = None,
        **settings: Unpack[ConnectionArguments],
    ) -> None:
        secret = _checked(vin, password)
        place, own = (budget, None) if isinstance(budget, str) else (None, budget)
        loaded = load_settings(profile=profile, budget=place, client_id=vin, client_secret=secret, **settings)
        self._open(vin, secret, loaded, session, own, clock)

    @classmethod
    def from_settings(
        cls,
        vin: Vin,
        password: str | Secret,
        settings: Settings,
        *,
        session: aiohttp.ClientSession | None = None,
        budget: Budget | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """A session with settings that were made before; their client credentials are not used."""
        made = object.__new__(cls)
        made._open(vin, _checked(vin, password), settings, session, budget, clock)
        return made

    def _open(
        self,
        vin: str,
        password: Secret,
        settings: Settings,
        session: aiohttp.ClientSession | None,
        budget: Budget | None,
        clock: Clock | None,
    ) -> None:
        self._vin = vin
        self._settings = attrs.evolve(
            settings,
            client_id=vin,
            client_secret=password,
            base_url=settings.vehicle_url or settings.base_url,
            ca_bundle=settings.vehicle_ca_bundle or settings.ca_bundle,
        )
        if not settings.count_vehicles:
            clock = clock or (None if budget is None else budget.clock)
            budget = Budget(_UNCOUNTED, clock=clock, lanes=LANES)
        elif budget is None:
            budget = budget_of(self._settings, clock)
        self._transport = Transport(
            self._settings, budget=budget, clock=clock or budget.clock, session=session, basic=True
        )
        self._templates = templates(settings.paths)
        package = settings.package
        self._packages = Packages(None if package is None else Package(package))
        self._seq = 0
        self._told: dict[str, str | int] = {}
        self._is_sending = False

    @property
    def seq(self) -> int:
        """Number of the next report, 0 to 255."""
        return self._seq

    async def send(self, report: VehicleReport, *, deadline: float | None = None) -> VehicleAnswer:
        """Report the vehicle's state. Vendor page: VDV-261 (names only); the path is assumed.

        The first report carries the full set and the number 0, later ones only what has changed, up to 255,
        then 0 and the full set again (VDV 261). What the service has got is known only from an answer: after
        a report that failed, for whatever reason, and after an answer to another number, the next one is
        number 0 with the full set, so nothing is ever missing.

        A report may arrive twice without harm (assumed, not documented), so it is sent again when no answer
        came. It is one at a time: the order of reports matters.

        Args:
            report: the whole state as it is now; what has changed is found out here.
            deadline: seconds for the call with all its waiting; by default as the settings say.

        Raises:
            AuthenticationError: the service does not take VIN and password; tried once.
            PermissionDeniedError: VDV-261 is not in the package, or not for this vehicle (assumed, not
                documented).
            BadRequestError: a value was refused.
            ClientStateError: another report of this session is under way.
            DepotFinityError: no answer came, or none that can be used.
        """
        if self._is_sending:
            raise ClientStateError("A report of this vehicle is under way: send one after the other.")
        members, seq, told = report.members(), self._seq, self._told
        changes = {name: value for name, value in members.items() if seq == 0 or told.get(name) != value}
        # Nobody knows what the service has until its answer is here; the wait for it may be cancelled.
        self._is_sending, self._seq, self._told = True, 0, {}
        try:
            answer = await self._send({"seq": seq, "vin": self._vin, **changes}, deadline)
        finally:
            self._is_sending = False
        if answer.seq in (None, seq):
            self._seq, self._told = (seq + 1) % _NUMBERS, members
        return answer

    def loop(self, source: Callable[[], VehicleReport], *, every: float = 10.0) -> ReportLoop:
        """Report again and again, as long as an ``async with`` block lasts. Source of the period: VDV 261.

        Args:
            source: gives the state as it is now; called before each report, must not block.
            every: seconds from one report to the next, of the session's clock. A report that takes longer is
                given up for the next one.

        Raises:
            InvalidArgumentError: ``every`` is not a finite number above 0.
        """
        return ReportLoop(self.send, source, every, self._transport.clock)

    async def _send(self, body: dict[str, str | int], deadline: float | None) -> VehicleAnswer:
        operation = "vdv261.report"
        endpoint = ENDPOINTS[operation]
        call = Call(
            operation=operation,
            method=endpoint.method,
            path=expand(self._templates[operation], {}),
            body=msgspec.json.encode(body),
            content_type="application/json",
            repeatable=endpoint.repeatable,
            deadline=deadline,
            lane="command",
            advice_if_forbidden=self._packages.advice(operation),
            advice_if_unauthorized=_ADVICE,
        )
        reply = await self._transport.send(call)
        return VehicleAnswer.of(decoded(call, reply, flat_object(VehicleAnswerBody)).data)

    async def aclose(self) -> None:
        """Close the session: a report in flight ends with :class:`ClientStateError`. Twice is fine."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<VehicleSession …{self._vin[-4:]} {self._settings.base_url}>"


def _checked(vin: object, password: object) -> Secret:
    # The values stay out of the messages: the two may be mixed up.
    if not isinstance(vin, str) or not _VIN.fullmatch(vin):
        raise InvalidArgumentError("vin must be 11 to 17 letters and digits.")
    text = password.reveal() if isinstance(password, Secret) else password
    if not isinstance(text, str) or not _PASSWORD.fullmatch(text):
        raise InvalidArgumentError("password must be 1 to 150 printable ASCII characters.")
    return Secret(text)
