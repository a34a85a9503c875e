"""What every handler may look at: one object, kept in the aiohttp application, without behaviour."""

import attrs
from aiohttp import web

from .clock import SimulatedClock
from .depot import Depot
from .faults import FaultSwitchboard
from .limit import RequestWindow
from .requestlog import RequestLog
from .tokens import TokenIssuer


@attrs.frozen
class World:
    """The parts of one simulator; the options have the meaning they have on `Simulator`."""

    clock: SimulatedClock
    depot: Depot
    log: RequestLog
    faults: FaultSwitchboard
    requests: RequestWindow
    tokens: TokenIssuer
    client_id: str
    client_secret: str = attrs.field(repr=False)
    package: str
    retry_after: bool
    max_page_size: int
    newest_first: bool


WORLD = web.AppKey("world", World)
