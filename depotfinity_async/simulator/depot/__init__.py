"""The depot behind the calls: chargers, vehicles, what happened and what the backend knows of it.

It knows no HTTP and no JSON. Everything follows from the seed and the moment the depot begins.
"""

from .ledger import Search
from .live import Rejection
from .model import Charger, Connector, Interruption, Transaction, Vehicle
from .power import PowerGroup, PowerWindow
from .reservations import Reservation
from .state import Depot

__all__ = [
    "Charger",
    "Connector",
    "Depot",
    "Interruption",
    "PowerGroup",
    "PowerWindow",
    "Rejection",
    "Reservation",
    "Search",
    "Transaction",
    "Vehicle",
]
