import math
from typing import Any

import pytest

from depotfinity_async.config import Secret, Settings
from depotfinity_async.errors import ConfigurationError


def settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        "client_id": "depot-1",
        "client_secret": Secret("CANARY"),
        "base_url": "https://api.example",
        "token_url": "https://auth.example/token",
    }
    return Settings(**(values | changes))


def test_the_repr_shows_no_secret() -> None:
    text = repr(settings(proxy="http://user:CANARY@proxy:1"))
    assert "CANARY" not in text
    assert "https://api.example" in text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.example/", "https://api.example"),
        ("https://api.example/prefix//", "https://api.example/prefix"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_addresses_that_are_taken(url: str, kept: str) -> None:
    made = settings(base_url=url, token_url=url)
    assert made.base_url == made.token_url == kept


@pytest.mark.parametrize("name", ["base_url", "token_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "ftp://127.0.0.1",
        "//api.example",
        "api.example",
        "https://",
        "https:///path",
        "https://user@api.example",
        "https://user:CANARY@api.example",
        "https://@api.example",
        "https://api.example?x=1",
        "https://api.example?",
        "https://api.example#f",
        "https://api.example:99999",
        "https://api.example:0",
        "https://api.example:",
        "https://api.example:x",
        "https://[::1",
        "https://api.example\\@evil",
        "https://api .example",
        "https://api.example\n",
        "https://api.example\t/x",
        "https://äpi.example",
        "file:///etc/passwd",
        "",
    ],
)
def test_addresses_that_are_refused(name: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        settings(**{name: url})
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("name", ["timeout", "deadline"])
@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, True, "5"])
def test_seconds_are_finite_and_positive(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_response_bytes", 0),
        ("max_response_bytes", 1.5),
        ("max_response_bytes", True),
        ("max_retries", -1),
        ("max_retries", "4"),
        ("user_agent_suffix", "a\r\nX-Evil: 1"),
        ("user_agent_suffix", "é"),
        ("client_id", "a:b"),
        ("client_id", "a\n"),
        ("client_id", ""),
        ("client_secret", "CANARY"),
        ("client_secret", Secret("CANARY\n")),
        ("client_secret", Secret("")),
        ("proxy", "socks5://proxy:1"),
        ("proxy", "proxy:3128"),
        ("proxy", "http://"),
        ("proxy", "http://[::1"),
        ("proxy", "http://CANARY@proxy:x"),
        ("budget", ""),
        ("budget", " "),
        ("budget", "hots"),
        ("budget", "http://:CANARY@cache:6379"),
        ("budget", "redis://:CANARY@cache\n"),
        ("budget", 5),
        ("egress", ""),
        ("egress", "a\nb"),
        ("egress", "x" * 65),
        ("command_reserve", -1),
        ("command_reserve", 100),
        ("command_reserve", True),
        ("on_budget_down", "ignore"),
        ("package", "Gold"),
        ("package", "premium"),
        ("media_type", "json"),
        ("media_type", "application/vnd.api+json; charset=utf-8"),
        ("vehicle_url", ""),
        ("vehicle_url", "http://vehicles.example"),
        ("vehicle_url", "https://CANARY@vehicles.example"),
        ("vehicle_url", "https://vehicles.example/?a=CANARY"),
        ("count_vehicles", 1),
        ("count_vehicles", "yes"),
    ],
)
def test_other_values_that_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        settings(**{name: value})
    assert "CANARY" not in str(caught.value)


def test_the_edges_are_taken() -> None:
    made = settings(
        max_retries=0, max_response_bytes=1, timeout=0.001, deadline=1, proxy="https://u:p@proxy:1"
    )
    assert (made.max_retries, made.max_response_bytes, made.deadline) == (0, 1, 1)


@pytest.mark.parametrize(
    "where",
    [
        "process",
        "host",
        "./budget.sqlite3",
        "/var/lib/x",
        "redis://u:CANARY@cache:1/0",
        "rediss://c",
        "unix:///s",
    ],
)
def test_places_of_the_budget_and_no_password_in_the_repr(where: str) -> None:
    made = settings(budget=where, egress="depot north", command_reserve=99, on_budget_down="raise")
    assert made.budget == where
    assert "CANARY" not in repr(made)


def test_a_bare_name_is_told_to_be_written_as_a_path() -> None:
    with pytest.raises(ConfigurationError, match=r"written \./hots"):
        settings(budget="hots")
