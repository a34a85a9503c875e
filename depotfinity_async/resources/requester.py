"""What all resource methods share: from the name of an operation to a decoded document."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Generic, TypeVar

import attrs
import msgspec

from depotfinity_async import jsonapi
from depotfinity_async.errors import BadRequestError, InvalidArgumentError, UnexpectedResponseError
from depotfinity_async.http import LONGEST_SHOWN_BODY, Call, Lane, Reply, Transport, expand
from depotfinity_async.models.acknowledgement import Acknowledgement, AcknowledgementBody
from depotfinity_async.models.assets import Charger, Connector, Driver, Vehicle
from depotfinity_async.models.charger_control import (
    ChargerPowerLimits,
    ConnectorPowerLimit,
    LastPowerLimits,
    PowerElement,
    PowerGroup,
)
from depotfinity_async.models.charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
)
from depotfinity_async.models.conversions import converter
from depotfinity_async.models.remote_commands import CommandResponse, RemoteCommandBody
from depotfinity_async.models.reservations import Reservation, ReservationAddedBody
from depotfinity_async.models.time_series import TimeSeriesRecord
from depotfinity_async.models.transactions import Transaction
from depotfinity_async.models.virtual_power_plant import EnergyPriceBlock, EnergyPricesBody, PriceBlocks

from .packages import Packages
from .parameters import Query
from .paths import ENDPOINTS

T = TypeVar("T")

DECODER = jsonapi.Decoder(
    [
        Charger,
        Connector,
        Vehicle,
        Driver,
        Transaction,
        ChargerAvailabilityRecord,
        ConnectorAvailabilityRecord,
        ConnectivityRecord,
        TimeSeriesRecord,
        AcknowledgementBody,
        RemoteCommandBody,
        CommandResponse,
        Reservation,
        ReservationAddedBody,
        PowerGroup,
        PowerElement,
        LastPowerLimits,
        ChargerPowerLimits,
        ConnectorPowerLimit,
        EnergyPriceBlock,
        PriceBlocks,
        EnergyPricesBody,
    ],
    converter=converter(),
)
"""Knows every class of the vendor's API."""


@attrs.frozen
class Written(Generic[T]):
    """An answer to a write: its HTTP status, and what its body held; None: the body was empty."""

    status: int
    data: T | None
    attempts: int
    refusal: BadRequestError | None = None
    """Of an answer with status 400 whose body is of the declared shape, where the operation has such."""


@attrs.frozen
class Requester:
    """Sends one operation and decodes its answer."""

    transport: Transport
    templates: Mapping[str, str]
    deadline: float | None = None
    lane: Lane | None = None
    """Of all calls; None: reads are polls, writes are commands."""
    packages: Packages = attrs.field(factory=Packages)
    """Tells what to do when an API is refused."""

    async def read(
        self,
        operation: str,
        shape: jsonapi.Shape[T],
        *,
        values: Mapping[str, str | int] | None = None,
        query: Query = (),
    ) -> jsonapi.Document[T]:
        """Ask for an operation's resources."""
        endpoint = ENDPOINTS[operation]
        call = Call(
            operation=operation,
            method=endpoint.method,
            path=expand(self.templates[operation], values or {}),
            query=query,
            repeatable=endpoint.repeatable,
            deadline=self.deadline,
            lane=self.lane or "poll",
            advice_if_forbidden=self.packages.advice(operation),
        )
        return decoded(call, await self.transport.send(call), shape)

    async def write(
        self,
        operation: str,
        shape: jsonapi.Shape[T],
        *,
        body: Mapping[str, object] | None = None,
        values: Mapping[str, str | int] | None = None,
        may_refuse: bool = False,
    ) -> Written[T]:
        """Send a change.

        ``may_refuse``: a 400 whose body is of the ``shape`` is an answer of the operation, not a fault.
        An empty body is an answer too, as with 204. Raises :class:`InvalidArgumentError` for a ``body`` that
        JSON has no way to write.
        """
        try:
            encoded = None if body is None else msgspec.json.encode(body)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidArgumentError(
                f"{operation}: the body cannot be written as JSON: {error}", operation=operation
            ) from None
        endpoint = ENDPOINTS[operation]
        call = Call(
            operation=operation,
            method=endpoint.method,
            path=expand(self.templates[operation], values or {}),
            body=encoded,
            # The vendor's examples have it on every write, also on those without a body.
            content_type="application/json",
            repeatable=endpoint.repeatable,
            deadline=self.deadline,
            lane=self.lane or "command",
            advice_if_forbidden=self.packages.advice(operation),
        )
        try:
            reply = await self.transport.send(call)
        except BadRequestError as error:
            if not may_refuse or error.status != HTTPStatus.BAD_REQUEST:
                raise
            try:
                told = DECODER.decode(error.body, shape).data
            except jsonapi.DecodeError:
                raise error from None
            return Written(error.status, told, error.attempts, error)
        data = decoded(call, reply, shape).data if reply.body.strip() else None
        return Written(reply.status, data, reply.attempts)

    async def acknowledged(
        self,
        operation: str,
        *,
        body: Mapping[str, object] | None = None,
        values: Mapping[str, str | int] | None = None,
    ) -> Acknowledgement:
        """Send a change that is answered with a message, or with nothing."""
        written = await self.write(
            operation,
            jsonapi.flat_object(AcknowledgementBody),
            body=body,
            values=values,
        )
        return Acknowledgement.of(written.status, written.data)


def decoded(call: Call, reply: Reply, shape: jsonapi.Shape[T]) -> jsonapi.Document[T]:
    """The document in a good answer. Raises :class:`UnexpectedResponseError` when there is none."""
    try:
        document = DECODER.decode(reply.body, shape)
        document.raise_for_errors()
    except (jsonapi.DecodeError, jsonapi.DocumentErrors) as error:
        raise UnexpectedResponseError(
            f"{call.operation}: the answer to {call.method} {call.path} (status {reply.status}) "
            f"is not what was expected: {error}",
            operation=call.operation,
            attempts=reply.attempts,
            maybe_processed=call.method != "GET",
            status=reply.status,
            body=reply.body[:LONGEST_SHOWN_BODY],
        ) from error
    return document
