"""Packages: what the subscription holds, and what to do about a refusal. It sends nothing."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from depotfinity_async.models.packages import PACKAGES, Api, Package


@attrs.frozen
class Packages:
    """``depot.packages``. Vendor page: General Information, table of packages.

    Args:
        current: the package of the setting ``package``; None when it is not set.
    """

    current: Package | None = None

    def holding(self, api: Api | str) -> Sequence[Package]:
        """The packages that hold an API, such as ``"Remote Commands"``.

        Raises :class:`ValueError` for a name that is none.
        """
        return PACKAGES[Api(api)]

    def apis(self, package: Package | str) -> Sequence[Api]:
        """The APIs of a package, such as ``"Advanced"``.

        Raises :class:`ValueError` for a name that is none.
        """
        wanted = Package(package)
        return [api for api, packages in PACKAGES.items() if wanted in packages]

    def includes(self, api: Api | str) -> bool | None:
        """Whether the current package holds an API; None when the setting ``package`` is not set."""
        return None if self.current is None else self.current in self.holding(api)

    def advice(self, operation: str) -> str:
        """What to do when an operation, such as ``rfid.enable``, is refused with 403."""
        api = API_OF[operation.partition(".")[0]]
        packages = " and ".join(
            part for part in (", ".join(self.holding(api)[:-1]), self.holding(api)[-1]) if part
        )
        credentials = "the credentials were made for it (Siemens Regional Support knows)"
        match self.includes(api):
            case None:
                return f"{api} belongs to {packages}: check that your package is one, and that {credentials}."
            case True:
                return f"{api} is in your package {self.current}: check that {credentials}."
            case False:
                return f"{api} is not in your package {self.current}; it belongs to {packages}."


API_OF = {
    "charger_status": Api.CHARGER_STATUS,
    "transactions": Api.TRANSACTIONS,
    "session_reports": Api.SESSION_REPORTS,
    "time_series": Api.TIME_SERIES,
    "force_termination": Api.FORCE_TERMINATION,
    "rfid": Api.RFID,
    "remote_commands": Api.REMOTE_COMMANDS,
    "reservations": Api.RESERVATIONS,
    "charger_control": Api.CHARGER_CONTROL,
    "virtual_power_plant": Api.VIRTUAL_POWER_PLANT,
    "vdv261": Api.VDV261,
}
"""The vendor's API by the first part of an operation's name."""
