"""The words of the vendor's glossary as names for plain values (vendor page General Information).

They are aliases: a plain ``str``, ``int`` or ``float`` is one of them, and nothing is checked.
"""

from __future__ import annotations

from typing import TypeAlias

ChargerId: TypeAlias = str
"""A charger (charge point)."""
ConnectorId: TypeAlias = int
"""A connector's number on its charger, from 1 on."""
DriverId: TypeAlias = str
"""The driver linked to a charging vehicle."""
VehicleId: TypeAlias = str
"""An electric vehicle."""
Vin: TypeAlias = str
"""Vehicle identification number, 11 to 17 characters (VDV 261)."""
MacId: TypeAlias = str
"""Hardware address of a vehicle's charge controller, hexadecimal."""
RfidTag: TypeAlias = str
"""A tag that identifies and authorises; the samples are 8 hexadecimal digits (at most 20 characters in
OCPP 1.6; whether the service takes more is not documented)."""
SocPercent: TypeAlias = float
"""State of charge, 0 to 100."""
