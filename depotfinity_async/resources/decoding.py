"""The one decoder of all classes of the vendor's API, and what becomes of an answer that it cannot read."""

from __future__ import annotations

import functools
from typing import TypeVar

from depotfinity_async import jsonapi
from depotfinity_async.errors import UnexpectedResponseError
from depotfinity_async.http import LONGEST_SHOWN_BODY, Call, Reply
from depotfinity_async.models.acknowledgement import AcknowledgementBody
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
from depotfinity_async.models.session_reports import (
    BatteryAlignment,
    BreakerOpening,
    ChargeParameters,
    DetailStatusEvent,
    DeviceError,
    DeviceStatusEvent,
    OcppStatusEvent,
    SessionReport,
)
from depotfinity_async.models.time_series import TimeSeriesRecord
from depotfinity_async.models.transactions import Transaction
from depotfinity_async.models.vdv261 import VehicleAnswerBody
from depotfinity_async.models.virtual_power_plant import EnergyPriceBlock, EnergyPricesBody, PriceBlocks

T = TypeVar("T")


@functools.cache
def decoder() -> jsonapi.Decoder:
    """Knows every class of the vendor's API. Made at the first call, since that takes some milliseconds."""
    return jsonapi.Decoder(
        [
            Charger,
            Connector,
            Vehicle,
            Driver,
            Transaction,
            ChargerAvailabilityRecord,
            ConnectorAvailabilityRecord,
            ConnectivityRecord,
            SessionReport,
            OcppStatusEvent,
            DetailStatusEvent,
            DeviceStatusEvent,
            DeviceError,
            BatteryAlignment,
            ChargeParameters,
            BreakerOpening,
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
            VehicleAnswerBody,
        ],
        converter=converter(),
    )


def is_json_api(reply: Reply) -> bool:
    """Whether an answer says that it is a JSON:API document."""
    named = reply.headers.get("Content-Type", "").partition(";")[0]
    return named.strip().lower() == "application/vnd.api+json"


def decoded(
    call: Call, reply: Reply, shape: jsonapi.Shape[T], identity: jsonapi.IdentityMap | None = None
) -> jsonapi.Document[T]:
    """The document in a good answer. Raises :class:`UnexpectedResponseError` when there is none."""
    try:
        document = decoder().decode(reply.body, shape, identity=identity)
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
