import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import errors
from depotfinity_async.http.statuses import Answer, ErrorBody, error_for, printable, read_error_body


def error(status: int, body: bytes = b"", **changes: Any) -> errors.DepotFinityError:
    arguments: dict[str, Any] = {
        "operation": "things.get",
        "method": "GET",
        "path": "/v1/things",
        "attempts": 2,
    }
    headers = {"Content-Type": "text/plain", "Set-Cookie": "session=CANARY"}
    return error_for(
        Answer(status, headers, body, "https://api.example/v1/things?x=1"), **(arguments | changes)
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (402, errors.BadRequestError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (405, errors.BadRequestError),
        (406, errors.BadRequestError),
        (408, errors.BadRequestError),
        (409, errors.ConflictError),
        (410, errors.BadRequestError),
        (422, errors.BadRequestError),
        (429, errors.RateLimitedError),
        (499, errors.BadRequestError),
        (500, errors.ServerError),
        (501, errors.ServerError),
        (502, errors.ServerError),
        (503, errors.ServiceUnavailableError),
        (504, errors.ServerError),
        (599, errors.ServerError),
        *[(status, errors.UnexpectedResponseError) for status in (101, 300, 302, 304, 307, 600, 999)],
    ],
)
def test_the_class_of_a_status(status: int, kind: type[errors.DepotFinityError]) -> None:
    made = error(status)
    assert type(made) is kind
    assert (made.operation, made.attempts) == ("things.get", 2)
    assert f"GET /v1/things was answered with {status}" in str(made)
    assert "x=1" not in str(made)


def test_the_text_says_what_was_said_and_what_to_do() -> None:
    made = error(409, b'{"code": 409, "message": "Charger is already disconnected."}')
    assert str(made) == (
        "things.get: GET /v1/things was answered with 409 (Conflict): Charger is already disconnected. "
        "Look at the current state, then decide."
    )


def test_advice_of_the_operation_takes_the_place_of_the_general_one() -> None:
    advice = {
        "advice_if_forbidden": "Ask for it.",
        "advice_if_refused": "Ask for 10.",
        "advice_if_unauthorized": "Ask who you are.",
    }
    assert [str(error(status, b"", **advice)).rpartition(". ")[2] for status in (400, 401, 403, 405)] == [
        "Ask for 10.",
        "Ask who you are.",
        "Ask for it.",
        "Change the request before it is sent again.",
    ]


def test_what_the_error_carries() -> None:
    made = error(503, b'{"message": "later"}', retry_after=7.0, maybe_processed=False)
    assert isinstance(made, errors.ServiceUnavailableError)
    assert (made.status, made.retry_after, made.body) == (503, 7.0, b'{"message": "later"}')
    assert made.headers == {"content-type": "text/plain"}
    assert not made.maybe_processed


@pytest.mark.parametrize(
    ("status", "maybe"),
    [(400, False), (408, True), (429, False), (500, True), (502, True), (503, False), (504, True)],
)
def test_whether_the_service_may_have_acted(status: int, maybe: bool) -> None:
    assert error(status).maybe_processed is maybe
    assert error(status, maybe_processed=True).maybe_processed


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": 403, "message": "No."}, 403, "No."),
        ({"code": "E17", "message": "No."}, "E17", "No."),
        ({"code": True, "message": 5}, None, None),
        ({"message": "No."}, None, "No."),
        (
            {"commandType": "startChargingSession", "response": {"status": "Rejected", "message": "Denied."}},
            "Rejected",
            "Denied.",
        ),
        ({"commandType": "x", "response": {"status": "", "message": "Denied."}}, None, "Denied."),
        ({"errors": [{"status": "400", "title": "Bad", "detail": "limit"}]}, None, "Bad: limit"),
        (
            {"errors": [{"title": "A"}, 5, {"code": "c", "detail": "B"}, {}], "message": "x"},
            "c",
            "A; B",
        ),
        ({"errors": [], "message": "x"}, None, "x"),
        ({"error": "invalid_client", "error_description": "Unknown."}, "invalid_client", "Unknown."),
        ({"error": "invalid_client"}, "invalid_client", None),
        ({"error": {"code": 5}}, None, None),
        ({}, None, None),
    ],
)
def test_json_bodies(body: object, code: object, message: str | None) -> None:
    assert read_error_body(json.dumps(body).encode()) == ErrorBody(code, message)  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", None),
        (b"   ", None),
        (b"[1, 2]", "[1, 2]"),
        (b"Rate exceeded", "Rate exceeded"),
        (b"\xff\xfebad", "\ufffd\ufffdbad"),
        (b"\xef\xbb\xbf{}", "\\ufeff{}"),
        (
            b"<html><head><TITLE>Gateway\n timeout</TITLE></head></html>",
            "a page for browsers (Gateway\\n timeout)",
        ),
        (b" <!doctype html><p>x", "a page for browsers"),
        (b"[" * 100_000, "[" * 499 + "…"),
        (b'{"a":' * 50_000, '{"a":' * 99 + '{"a"…'),
        (b'{"message": NaN}', '{"message": NaN}'),
    ],
)
def test_other_bodies(body: bytes, message: str | None) -> None:
    assert read_error_body(body) == ErrorBody(None, message)


@pytest.mark.parametrize("digits", [20, 5000])
def test_integers_of_any_length(digits: int) -> None:
    body = b'{"code": ' + b"9" * digits + b', "message": "m"}'
    made = error(400, body)
    assert isinstance(made, errors.BadRequestError)
    assert made.message


def test_only_the_first_of_many_errors_are_told() -> None:
    body = json.dumps({"errors": [{"title": str(n)} for n in range(1000)]}).encode()
    assert read_error_body(body).message == "0; 1; 2; 3; 4"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\tc\x1b[31m\x00", "a\\nb\\tc\\x1b[31m\\x00"),
        ("\u202eevil\u2028", "\\u202eevil"),
        ("ü €", "ü €"),
        ("x" * 500, "x" * 500),
        ("x" * 501, "x" * 499 + "…"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.binary(), st.integers(100, 999).filter(lambda status: not 200 <= status <= 299))
def test_no_body_makes_it_fail(body: bytes, status: int) -> None:
    made = error(status, body)
    assert str(made).isprintable()
    assert len(str(made)) < 1000


@given(st.text())
def test_no_message_breaks_the_line(message: str) -> None:
    made = error(500, json.dumps({"message": message}).encode("utf-8", "surrogatepass"))
    assert str(made).isprintable()
