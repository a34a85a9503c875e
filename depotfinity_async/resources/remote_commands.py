"""Remote Commands: start and stop charging, and whatever else a charger can be told."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from depotfinity_async.errors import CommandRejectedError
from depotfinity_async.http import printable
from depotfinity_async.jsonapi import flat_object
from depotfinity_async.models.glossary import ChargerId, ConnectorId, RfidTag
from depotfinity_async.models.remote_commands import RemoteCommand, RemoteCommandBody, RemoteCommandResult

from .parameters import filled, from_one
from .requester import Requester


@attrs.frozen
class RemoteCommands:
    """``depot.remote_commands``. Vendor page: Remote Command; packages Advanced, Premium.

    A command is never sent again when it is not known whether it arrived: the error then says
    ``maybe_processed``, and the connector's status tells what happened.

    The version is part of the path template. The built-in one is of version 1; for version 2 (its path is
    assumed) give ``paths={"remote_commands.send":
    "/v2/chargerControl/chargers/{charger_id}/remoteCommands/{command}"}`` to the client.
    """

    _requester: Requester

    async def start_charging(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        tag: RfidTag,
        *,
        tag_type: str | None = None,
        raise_on_rejection: bool = True,
    ) -> RemoteCommandResult:
        """Start charging on a connector. Vendor page and reference: Remote Command.

        Args:
            charger_id: of the charger.
            connector_id: number of the connector, from 1 on.
            tag: who charges.
            tag_type: what kind of tag it is; the vendor's example has none (``RFID`` is assumed).
            raise_on_rejection: as of :meth:`send`, which also tells the errors.
        """
        payload = {"connectorId": from_one("connector_id", connector_id), "idTag": filled("tag", tag)}
        kind = {} if tag_type is None else {"idTagType": filled("tag_type", tag_type)}
        return await self.send(
            charger_id,
            RemoteCommand.START_CHARGING_SESSION,
            payload | kind,
            raise_on_rejection=raise_on_rejection,
        )

    async def stop_charging(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        *,
        tag: RfidTag | None = None,
        raise_on_rejection: bool = True,
    ) -> RemoteCommandResult:
        """Stop charging on a connector. The function is documented; command and payload are assumed.

        Args:
            charger_id: of the charger.
            connector_id: number of the connector, from 1 on.
            tag: who stops it; whether the service asks for one is not documented.
            raise_on_rejection: as of :meth:`send`, which also tells the errors.
        """
        payload: dict[str, object] = {"connectorId": from_one("connector_id", connector_id)}
        return await self.send(
            charger_id,
            RemoteCommand.STOP_CHARGING_SESSION,
            payload if tag is None else payload | {"idTag": filled("tag", tag)},
            raise_on_rejection=raise_on_rejection,
        )

    async def send(
        self,
        charger_id: ChargerId,
        command: RemoteCommand | str,
        payload: Mapping[str, object],
        *,
        raise_on_rejection: bool = True,
    ) -> RemoteCommandResult:
        """Send any command. Vendor page: Remote Command.

        Args:
            charger_id: of the charger.
            command: its name in the path, such as ``startChargingSession``.
            payload: the body, sent as it is.
            raise_on_rejection: what a rejection by the charger becomes: an exception, so that it is not
                overlooked, or with False a result whose ``is_rejected`` is true.

        Raises:
            CommandRejectedError: the charger said no.
            BadRequestError: the service refused the payload; the charger was not asked.
            NotFoundError: there is no such charger.
            ServerError: 504, no answer from the charger (assumed, not documented).
        """
        written = await self._requester.write(
            "remote_commands.send",
            flat_object(RemoteCommandBody),
            body=payload,
            values={"charger_id": charger_id, "command": command},
            may_refuse=True,
        )
        result = RemoteCommandResult.of(command, written.status, written.data)
        if result.is_rejected and raise_on_rejection:
            raise CommandRejectedError(
                f"remote_commands.send: {charger_id} rejected {result.command.value}: "
                f"{printable(result.message or 'it gave no reason.')}",
                operation="remote_commands.send",
                attempts=written.attempts,
                status=result.http_status,
                code=result.status,
                message=result.message,
            )
        if written.refusal is not None and not result.is_rejected:
            raise written.refusal
        return result
