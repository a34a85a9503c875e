"""RFID: import tags, switch the authentication by a tag on and off."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from depotfinity_async.errors import InvalidArgumentError
from depotfinity_async.models.acknowledgement import Acknowledgement
from depotfinity_async.models.glossary import RfidTag

from .parameters import filled
from .requester import Requester


@attrs.frozen
class Rfid:
    """``depot.rfid``. Vendor page: RFID; packages Advanced, Premium. No call lists or deletes tags."""

    _requester: Requester

    async def import_tags(self, tags: Iterable[RfidTag]) -> Acknowledgement:
        """Add tags, one or many in a call. Vendor page: RFID.

        The whole import succeeds or fails as far as is known: the answer tells nothing of single tags. It is
        not sent again when no answer came, since a second import would be refused.

        Args:
            tags: at least one; the service's samples are 8 hexadecimal digits such as ``89C4704A``. How long
                a tag may be is not documented (assumed: 20 characters, which is not checked here).

        Raises:
            InvalidArgumentError: no tag, an empty tag, or a tag twice; nothing was sent.
            ConflictError: a tag is known already (assumed, not documented).
        """
        if isinstance(tags, str):
            raise InvalidArgumentError("tags must be several texts, such as ['89C4704A'], not one text.")
        listed = [filled(f"tags[{place}]", tag) for place, tag in enumerate(tags)]
        if not listed:
            raise InvalidArgumentError("tags must hold at least one tag.")
        if len(set(listed)) < len(listed):
            raise InvalidArgumentError("tags must not hold a tag twice.")
        return await self._requester.acknowledged("rfid.import_tags", body={"interimVehicleIDs": listed})

    async def enable(self, tag: RfidTag) -> Acknowledgement:
        """Let a tag start and stop charging. Vendor page: RFID; the answer's body is assumed.

        It sets a state, so it is sent again when no answer came.

        Raises:
            NotFoundError: there is no such tag (assumed, not documented).
        """
        return await self._switch(tag, "true")

    async def disable(self, tag: RfidTag) -> Acknowledgement:
        """Let a tag start nothing any more. Vendor page: RFID; the answer's body is assumed.

        It sets a state, so it is sent again when no answer came.

        Raises:
            NotFoundError: there is no such tag (assumed, not documented).
        """
        return await self._switch(tag, "false")

    async def _switch(self, tag: RfidTag, status: str) -> Acknowledgement:
        return await self._requester.acknowledged("rfid.switch", values={"tag": tag, "status": status})
