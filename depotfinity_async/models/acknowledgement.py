"""The answer to a write: what the service said, and whether it has acted or only promised to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from depotfinity_async import jsonapi

ACCEPTED = 202
"""HTTP status: accepted, not finished, may still be refused. Vendor page: General Information."""


@jsonapi.value
class AcknowledgementBody:
    """``{"message"}`` or ``{"code", "message"}``. Vendor pages: RFID, Charger Control, Force Termination."""

    message: str | None = None
    code: int | str | None = None


@attrs.frozen(kw_only=True)
class Acknowledgement:
    """What a write was answered with.

    Args:
        status: HTTP status, 200 to 299.
        message: the service's words; None when it said nothing, as with 204.
        code: the service's own code, if the body holds one.
        extra: the other members of the body, as they came.
    """

    status: int
    message: str | None = None
    code: int | str | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict[str, Any], hash=False)

    @property
    def is_finished(self) -> bool:
        """Whether the service has acted; False for 202: it will, and may still refuse."""
        return self.status != ACCEPTED

    @classmethod
    def of(cls, status: int, body: AcknowledgementBody | None) -> Acknowledgement:
        """The acknowledgement of a status and a body; None: the body was empty."""
        if body is None:
            return cls(status=status)
        return cls(status=status, message=body.message, code=body.code, extra=jsonapi.extra(body))
