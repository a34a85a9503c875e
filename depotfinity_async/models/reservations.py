"""Reservations: a connector kept for somebody for a while."""

from __future__ import annotations

from datetime import datetime

import attrs

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, attribute, resource_id

from .acknowledgement import Acknowledgement


class AuthorizationType(OpenEnum):
    """By what the holder of a reservation is known. Vendor page: Reservations, which shows this one only."""

    RFID = "RFID"


@jsonapi.value
class ReservationAddedBody:
    """The answer to a reservation. Assumed, not documented: a message, and a number to name it by."""

    message: str | None = None
    code: int | str | None = None
    id: int | str | None = attribute("ReservationID", default=None)


@attrs.frozen(kw_only=True)
class ReservationAdded:
    """A reservation that was made.

    Args:
        id: its number; None when the service sent none (whether it does is not documented).
        acknowledgement: status and words of the answer; 202 is a reservation that may still be refused.
    """

    id: int | str | None
    acknowledgement: Acknowledgement

    @classmethod
    def of(cls, status: int, body: ReservationAddedBody | None) -> ReservationAdded:
        """The result of an answer; None: its body was empty."""
        if body is None:
            return cls(id=None, acknowledgement=Acknowledgement(status=status))
        acknowledgement = Acknowledgement(
            status=status, message=body.message, code=body.code, extra=jsonapi.extra(body)
        )
        return cls(id=body.id, acknowledgement=acknowledgement)


@jsonapi.resource("reservations")
class Reservation:
    """A reservation as it is listed. Assumed, not documented: the members of its making, and its number."""

    id: int = resource_id("ReservationID")
    start: datetime = attribute("ReservationStart")
    """Begin, aware UTC."""
    end: datetime = attribute("ReservationEnd")
    """End, aware UTC."""
    authorization_type: AuthorizationType | None = attribute("AuthorizationType", default=None)
    authorization_value: str | None = attribute("AuthorizationValue", default=None)
    """The tag, when the type is ``RFID``."""
