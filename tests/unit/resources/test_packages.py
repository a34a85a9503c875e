"""The table of packages, and what it says about a refusal."""

from __future__ import annotations

import pytest

from depotfinity_async import Api, Package
from depotfinity_async.models.packages import PACKAGES
from depotfinity_async.resources.packages import API_OF, Packages
from depotfinity_async.resources.paths import ENDPOINTS

FROM_BASIC = ["Charger Status", "Transactions", "Session Reports", "Time Series", "Force Termination"]
FROM_ADVANCED = ["RFID Management", "Remote Commands", "Reservations"]
CHECK = "check that your package is one"
MADE = "the credentials were made for it (Siemens Regional Support knows)."
ONLY_PREMIUM = ["Charger Control", "Virtual Power Plant", "VDV-261"]


def test_the_table_is_the_vendors() -> None:
    packages = Packages()
    assert packages.apis("Basic") == FROM_BASIC
    assert packages.apis(Package.ADVANCED) == FROM_BASIC + FROM_ADVANCED
    assert packages.apis(Package.PREMIUM) == FROM_BASIC + FROM_ADVANCED + ONLY_PREMIUM
    assert packages.holding("Remote Commands") == ("Advanced", "Premium")
    assert set(PACKAGES) == set(Api)


@pytest.mark.parametrize(
    ("current", "api", "expected"),
    [
        (None, Api.RFID, None),
        (Package.BASIC, Api.RFID, False),
        (Package.ADVANCED, "RFID Management", True),
        (Package.PREMIUM, Api.VDV261, True),
    ],
)
def test_whether_the_current_one_holds_an_api(
    current: Package | None, api: Api | str, expected: bool | None
) -> None:
    assert Packages(current).includes(api) is expected


@pytest.mark.parametrize("name", ["basic", "Gold", "rfid"])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Packages().holding(name)
    with pytest.raises(ValueError, match=name):
        Packages().apis(name)


def test_every_operation_belongs_to_an_api() -> None:
    assert {operation.partition(".")[0] for operation in ENDPOINTS} <= set(API_OF)


@pytest.mark.parametrize(
    ("current", "operation", "expected"),
    [
        (
            None,
            "transactions.list",
            f"Transactions belongs to Basic, Advanced and Premium: {CHECK}, and that {MADE}",
        ),
        (
            Package.PREMIUM,
            "rfid.enable",
            f"RFID Management is in your package Premium: check that {MADE}",
        ),
        (
            Package.BASIC,
            "charger_control.power_groups",
            "Charger Control is not in your package Basic; it belongs to Premium.",
        ),
    ],
)
def test_advice(current: Package | None, operation: str, expected: str) -> None:
    assert Packages(current).advice(operation) == expected
