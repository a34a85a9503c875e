"""The simulator as a server with a lifetime: the options, the parts made from them, start and stop."""

import ipaddress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

import attrs
from aiohttp import web

from .app import build_app
from .clock import SimulatedClock
from .deferrals import Deferrals
from .depot import Depot
from .faults import FaultSwitchboard
from .gate import TOKEN_PATH
from .limit import POLICIES, Policy, make_limit
from .maintenance import DURATION, Maintenance
from .packages import PACKAGES, PREMIUM
from .requestlog import RequestLog
from .tokens import TokenIssuer
from .world import World

_FINITE_POSITIVE: Final = (attrs.validators.gt(0.0), attrs.validators.lt(float("inf")))
_SHUTDOWN_TIMEOUT = 0.25
"""Real seconds that calls in flight get when the simulator stops; then they are cancelled."""


@attrs.define(kw_only=True, eq=False)
class Simulator:
    """A DepotFinity on this machine, to be used as an async context manager or with `start` and `stop`.

    Args:
        chargers: number of chargers, `CP-1` upwards.
        connectors: number of connectors of each charger.
        seed: same seed and same `now` make the same depot.
        days: length of the history before `now`, 0 < x <= 3650.
        now: aware time the simulated clock starts at; default is the real time.
        speed: simulated seconds per real second; at 0 time stands still until `clock.advance`.
        limit: requests admitted in any window, per client address, token and API calls together.
        window: length of the window in simulated seconds.
        retry_after: whether a 429 carries Retry-After, in simulated seconds.
        limit_policy: `"sliding-window"` (any window), `"fixed-window"` (windows one after the other) or
            `"token-bucket"` (refilled evenly).
        count_refused: whether refused requests use up the limit as well.
        count_vehicles: whether the reports of vehicles (VDV-261) use up the limit as well.
        package: `"Basic"`, `"Advanced"` or `"Premium"`.
        client_id: the one client that is known.
        client_secret: its secret.
        token_lifetime: simulated seconds a token is good for, at least 1.
        max_page_size: a larger `limit` is cut to this without a word.
        newest_first: serve status records newest first; the vendor's order is not known.
        host: address to listen on; the admin calls exist on a loopback address only.
        port: port to listen on, 0 for a free one.

    Raises:
        ValueError: an option is outside its range.
    """

    chargers: int = attrs.field(default=30, validator=attrs.validators.ge(1))
    connectors: int = attrs.field(default=2, validator=attrs.validators.ge(1))
    seed: int = 1
    days: float = attrs.field(default=2.0, validator=[attrs.validators.gt(0.0), attrs.validators.le(3650)])
    now: datetime | None = None
    speed: float = 1.0
    limit: int = attrs.field(default=100, validator=attrs.validators.ge(1))
    window: float = attrs.field(default=300.0, validator=_FINITE_POSITIVE)
    retry_after: bool = True
    limit_policy: Policy = attrs.field(default="sliding-window", validator=attrs.validators.in_(POLICIES))
    count_refused: bool = False
    count_vehicles: bool = False
    package: str = attrs.field(default=PREMIUM, validator=attrs.validators.in_(PACKAGES))
    client_id: str = "demo"
    client_secret: str = attrs.field(default="demo-secret", repr=False)
    token_lifetime: float = attrs.field(
        default=3600.0, validator=[attrs.validators.ge(1), attrs.validators.lt(float("inf"))]
    )
    max_page_size: int = attrs.field(default=2000, validator=attrs.validators.ge(1))
    newest_first: bool = False
    host: str = "127.0.0.1"
    port: int = attrs.field(default=0, validator=[attrs.validators.ge(0), attrs.validators.le(65535)])

    clock: SimulatedClock = attrs.field(init=False, repr=False)
    depot: Depot = attrs.field(init=False, repr=False)
    log: RequestLog = attrs.field(init=False, repr=False, factory=RequestLog)
    faults: FaultSwitchboard = attrs.field(init=False, repr=False, factory=FaultSwitchboard)
    deferrals: Deferrals = attrs.field(init=False, repr=False, factory=Deferrals)
    _maintenance: Maintenance = attrs.field(init=False, repr=False, factory=Maintenance)
    _runner: web.AppRunner | None = attrs.field(init=False, repr=False, default=None)

    def __attrs_post_init__(self) -> None:
        self.clock = SimulatedClock(self.now, self.speed)
        self.depot = Depot(
            chargers=self.chargers,
            connectors=self.connectors,
            seed=self.seed,
            begin=self.clock.start - timedelta(days=self.days),
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin to listen. A new start knows no token and no used-up limit of the one before.

        Raises:
            RuntimeError: it listens already.
            OSError: the address cannot be had.
        """
        if self._runner is not None:
            raise RuntimeError("the simulator has been started already")
        app = build_app(self._world(), admin_calls=_is_loopback(self.host))
        # A client that gives up ends its handler: a reply held back by a fault must not outlive its reader.
        runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=_SHUTDOWN_TIMEOUT
        )
        await runner.setup()
        await web.TCPSite(runner, self.host, self.port).start()
        self._runner = runner

    async def stop(self) -> None:
        """End all connections and stop listening; stopping twice is fine."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def begin_maintenance(self, seconds: float = DURATION, *, retry_after: bool = True) -> None:
        """Answer every request with 503 from now on, for simulated seconds; 0 ends a maintenance.

        Args:
            seconds: how long, finite and not negative; by default the 90 s that the vendor speaks of (vendor
                page General Information).
            retry_after: whether the 503 says how long it lasts (assumed, not documented).

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        self._maintenance.begin(self.clock.time(), seconds, retry_after=retry_after)

    @property
    def url(self) -> str:
        """Base URL of the API.

        Raises:
            RuntimeError: the simulator is not running.
        """
        if self._runner is None:
            raise RuntimeError("the simulator is not running: use `async with` or start()")
        port: int = self._runner.addresses[0][1]
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{port}"

    @property
    def token_url(self) -> str:
        """URL of the token call; raises as `url` does."""
        return self.url + TOKEN_PATH

    def _world(self) -> World:
        return World(
            clock=self.clock,
            depot=self.depot,
            log=self.log,
            faults=self.faults,
            maintenance=self._maintenance,
            deferrals=self.deferrals,
            requests=make_limit(self.limit_policy, self.limit, self.window, count_refused=self.count_refused),
            tokens=TokenIssuer(self.package, self.token_lifetime),
            client_id=self.client_id,
            client_secret=self.client_secret,
            package=self.package,
            retry_after=self.retry_after,
            count_vehicles=self.count_vehicles,
            max_page_size=self.max_page_size,
            newest_first=self.newest_first,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
