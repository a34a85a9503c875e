"""Force Termination: end the connection between a charger and the service."""

from __future__ import annotations

import attrs

from depotfinity_async.models.acknowledgement import Acknowledgement
from depotfinity_async.models.glossary import ChargerId

from .requester import Requester


@attrs.frozen
class ForceTermination:
    """``depot.force_termination``. Vendor page: Force Termination; packages Basic, Advanced, Premium."""

    _requester: Requester

    async def force_terminate(self, charger_id: ChargerId) -> Acknowledgement:
        """End a charger's connection: **this takes the charger offline**. Vendor page: Force Termination.

        It ends the charger's link to the service, not a charging session. Until the charger connects again,
        no command reaches it; whether and when it does so is the charger's matter (assumed, not documented).

        It is never sent again when no answer came: the charger may have come back in the meantime. The error
        then says ``maybe_processed``, and ``depot.chargers.connectivity`` tells what happened.

        Raises:
            NotFoundError: there is no such charger (assumed, not documented).
            ConflictError: the charger is not connected (assumed, not documented).
        """
        return await self._requester.acknowledged(
            "force_termination.force_terminate", values={"charger_id": charger_id}
        )
