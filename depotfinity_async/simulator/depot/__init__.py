"""The depot behind the calls: chargers, vehicles, what happened and what the backend knows of it.

It knows no HTTP and no JSON. Everything follows from the seed and the moment the depot begins.
"""

from .model import Charger, Connector, Interruption, Transaction, Vehicle
from .state import Depot

__all__ = ["Charger", "Connector", "Depot", "Interruption", "Transaction", "Vehicle"]
