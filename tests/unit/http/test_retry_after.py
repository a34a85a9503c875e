import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.http.retry_after import parse_retry_after

# Sun, 06 Nov 1994 08:49:37 GMT
THEN = 784111777.0


def parse(value: str | None, date: str | None = None) -> float | None:
    return parse_retry_after(value, date=date, wall_time=THEN)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1),
        ("120", 120),
        (" 7 ", 7),
        ("007", 7),
        ("1.5", 1.5),
        ("86400", 86400),
        ("31622400", 31622400),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60),
        ("Sun Nov  6 08:50:37 1994", 60),
        ("Sun, 06 Nov 1994 09:50:37 +0100", 60),
        ("Sun, 06 Nov 1994 08:50:37 -0000", 60),
    ],
)
def test_what_is_understood(value: str, seconds: float) -> None:
    assert parse(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "0",
        "0.0",
        "-1",
        "-0",
        "+5",
        "inf",
        "Infinity",
        "-inf",
        "nan",
        "NaN",
        "1e3",
        "1e400",
        "0x10",
        "1_000",
        "5 seconds",
        "soon",
        "99999999999",
        "9" * 400,
        "9" * 5000,
        "31622401",
        "٣",
        "1,2",
        "1;2",
        "1.",
        ".5",
        "1.2.3",
        "\0",
        "Sun, 06 Nov 1994 08:48:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 31 Dec 100000 23:59:59 GMT",
        "Fri, 00 Jan 0000 00:00:00 GMT",
        "Mon, 30 Feb 1995 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:61:61 GMT",
        "Sun, 06 Nov 1994 08:50:37 +99999999",
        "1994-11-06T08:50:37Z",
        "x" * 100_000,
    ],
)
def test_the_absurd_counts_as_no_header(value: str | None) -> None:
    assert parse(value) is None


def test_a_date_counts_from_the_date_of_the_answer() -> None:
    until = "Sun, 06 Nov 2033 08:50:37 GMT"
    assert parse(until) is None
    assert parse(until, date="Sun, 06 Nov 2033 08:50:07 GMT") == 30


@pytest.mark.parametrize("date", [None, "", "nonsense", "Sun, 06 Nov 100000 08:49:37 GMT"])
def test_without_a_valid_date_the_wall_clock_counts(date: str | None) -> None:
    assert parse("Sun, 06 Nov 1994 08:50:37 GMT", date) == 60


@given(st.text(), st.text())
def test_no_text_makes_it_fail(value: str, date: str) -> None:
    seconds = parse(value, date)
    assert seconds is None or 0 < seconds <= 366 * 86400
