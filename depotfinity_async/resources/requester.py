"""What all resource methods share: from the name of an operation to a decoded document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import attrs

from depotfinity_async import jsonapi
from depotfinity_async.errors import UnexpectedResponseError
from depotfinity_async.http import LONGEST_SHOWN_BODY, Call, Lane, Reply, Transport, expand
from depotfinity_async.models.assets import Charger, Connector, Driver, Vehicle
from depotfinity_async.models.charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
)
from depotfinity_async.models.time_series import TimeSeriesRecord
from depotfinity_async.models.transactions import Transaction

from .parameters import Query

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
    ]
)
"""Knows every class of the vendor's API."""


@attrs.frozen
class Requester:
    """Sends one operation and decodes its answer."""

    transport: Transport
    templates: Mapping[str, str]
    deadline: float | None = None
    lane: Lane | None = None
    """Of all calls; None: reads are polls, writes are commands."""

    async def read(
        self,
        operation: str,
        shape: jsonapi.Shape[T],
        *,
        values: Mapping[str, str | int] | None = None,
        query: Query = (),
    ) -> jsonapi.Document[T]:
        """GET an operation's resources. Reads may be repeated, so a lost answer is asked for again."""
        call = Call(
            operation=operation,
            method="GET",
            path=expand(self.templates[operation], values or {}),
            query=query,
            repeatable=True,
            deadline=self.deadline,
            lane=self.lane or "poll",
        )
        return decoded(call, await self.transport.send(call), shape)


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
            maybe_processed=not call.repeatable,
            status=reply.status,
            body=reply.body[:LONGEST_SHOWN_BODY],
        ) from error
    return document
