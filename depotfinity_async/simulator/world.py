"""What every handler may look at: one object, kept in the aiohttp application, without behaviour."""

import attrs
from aiohttp import web

from .clock import SimulatedClock
from .deferrals import Deferrals
from .depot import Depot
from .faults import FaultSwitchboard
from .limit import RequestLimit
from .maintenance import Maintenance
from .requestlog import RequestLog
from .tokens import TokenIssuer


@attrs.define
class World:
    """The parts of one simulator; the options have the meaning they have on `Simulator`.

    `requests` and `retry_after` may be replaced while it runs.
    """

    clock: SimulatedClock
    depot: Depot
    log: RequestLog
    faults: FaultSwitchboard
    maintenance: Maintenance
    deferrals: Deferrals
    requests: RequestLimit
    tokens: TokenIssuer
    client_id: str
    client_secret: str = attrs.field(repr=False)
    package: str
    retry_after: bool
    count_vehicles: bool
    max_page_size: int
    newest_first: bool


WORLD = web.AppKey("world", World)
