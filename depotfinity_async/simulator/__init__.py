"""A DepotFinity on your own machine: its calls, its rules and a depot made from a seed.

It stands alone: nothing of the client is imported here, so that each side can judge the other. It is a tool
for tests, demonstrations and development, not a model of how Siemens builds the service.
"""

from .clock import SimulatedClock
from .deferrals import Deferrals, Deferred
from .depot import Depot
from .faults import Fault, FaultSwitchboard
from .requestlog import LoggedRequest, RequestLog
from .server import Simulator

__all__ = [
    "Deferrals",
    "Deferred",
    "Depot",
    "Fault",
    "FaultSwitchboard",
    "LoggedRequest",
    "RequestLog",
    "SimulatedClock",
    "Simulator",
]
