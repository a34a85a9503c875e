"""Remote Commands: what a charger is told to do, and what it says to that."""

from __future__ import annotations

import attrs

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, attribute


class RemoteCommand(OpenEnum):
    """What a charger can be told. Vendor page: Remote Command, which shows the start only.

    Others exist, to change settings and configuration; their names are not known, so any text is taken.
    """

    START_CHARGING_SESSION = "startChargingSession"
    STOP_CHARGING_SESSION = "stopChargingSession"
    """The function is documented, the word is assumed."""


class CommandStatus(OpenEnum):
    """What a charger says to a command. Vendor page: Remote Command."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"


@jsonapi.value
class CommandResponse:
    """The inner part of a command's answer. Vendor page: Remote Command."""

    status: str | None = None
    message: str | None = None


@jsonapi.value
class RemoteCommandBody:
    """The answer to a command. Vendor page: Remote Command."""

    command: str = attribute("commandType")
    response: CommandResponse


@attrs.frozen(kw_only=True)
class RemoteCommandResult:
    """What became of a command.

    Args:
        command: what was sent.
        status: what the charger said; None when it did not say anything, as with an empty answer.
        message: the service's words.
        http_status: 200; 202 when the service has only taken the command; 400 for a rejection.
    """

    command: RemoteCommand
    status: CommandStatus | None
    message: str | None
    http_status: int

    @property
    def is_accepted(self) -> bool:
        """Whether the charger has accepted the command. It says nothing of the charging that may follow."""
        return self.status is CommandStatus.ACCEPTED

    @property
    def is_rejected(self) -> bool:
        """Whether the charger has rejected the command."""
        return self.status is CommandStatus.REJECTED

    @classmethod
    def of(cls, command: str, http_status: int, body: RemoteCommandBody | None) -> RemoteCommandResult:
        """The result of an answer; None: its body was empty."""
        response = CommandResponse() if body is None else body.response
        return cls(
            command=RemoteCommand(command),
            status=CommandStatus(response.status) if response.status else None,
            message=response.message,
            http_status=http_status,
        )
