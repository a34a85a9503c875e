import pytest

from depotfinity_async.simulator.negotiation import JSON, JSON_API, has_documents, media_type

TRANSACTIONS = "/v2/transactions"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        (" ", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/vnd.api+json", JSON_API),
        ("Application/Vnd.API+JSON; Q=0.3", JSON_API),
        # What the client sends.
        ("application/vnd.api+json, application/json;q=0.5", JSON_API),
        ("application/json, application/vnd.api+json", JSON),
        ("application/vnd.api+json, application/json", JSON_API),
        ("application/vnd.api+json;q=0.4, application/json;q=0.5", JSON),
        ("application/vnd.api+json, */*;q=0.1", JSON_API),
        ("*/*, application/vnd.api+json", JSON),
        ("application/json;q=0, application/vnd.api+json", JSON_API),
        ("application/json, application/vnd.api+json;q=0", JSON),
        ("application/vnd.api+json;q=0", None),
        ("application/vnd.api+json;q=x", None),
        ("application/vnd.api+json;q=nan", None),
        # Extensions and unknown parameters are passed over, profiles are welcome.
        ('application/vnd.api+json;profile="https://a.example/p,https://b.example/p"', JSON_API),
        ('application/vnd.api+json;ext="https://a.example/e"', None),
        ('application/vnd.api+json;ext="https://a.example/e;q=1, x", application/json;q=0.1', JSON),
        # What stands in quotes parts nothing.
        (r'application/vnd.api+json;profile="a;ext=\";ext=b"', JSON_API),
        ('text/html;x=", application/json,"', None),
        ("application/vnd.api+json;charset=utf-8", None),
        ("application/vnd.api+json;charset=utf-8, application/vnd.api+json", JSON_API),
        ("text/html", None),
        (",;,", None),
        ('"', None),
    ],
)
def test_what_is_sent(accept: str, expected: str | None) -> None:
    assert media_type(TRANSACTIONS, accept) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (TRANSACTIONS, True),
        (f"{TRANSACTIONS}/1", True),
        ("/v1/sessionReports", True),
        ("/v1/chargerStatus/chargers/CP-1/connectivityStatus", True),
        ("/v1/timeSeries/chargers/CP-1", False),
        ("/v2/rfid", False),
        ("/elsewhere", False),
    ],
)
def test_which_apis_have_documents(path: str, expected: bool) -> None:
    assert has_documents(path) is expected
    assert media_type(path, JSON_API) == (JSON_API if expected else None)
    assert media_type(path, f"{JSON_API}, {JSON};q=0.5") == (JSON_API if expected else JSON)
