import math
from typing import Any

import pytest

from depotfinity_async.errors import InvalidArgumentError
from depotfinity_async.http import Call


def call(**changes: Any) -> Call:
    values: dict[str, Any] = {
        "operation": "things.get",
        "method": "GET",
        "path": "/v1/a%2Fb",
        "repeatable": True,
    }
    return Call(**(values | changes))


def test_a_plain_call() -> None:
    made = call(
        headers=(("X-A", "b\tc"),), deadline=5, content_type="application/json", path="/v1/a@b:c;d=e/"
    )
    assert made.accept == "application/json"
    assert made.query == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "get"}, "method"),
        ({"method": "GET /x"}, "method"),
        ({"method": ""}, "method"),
        *[
            ({"path": path}, "path")
            for path in (
                "",
                "v1",
                "/a b",
                "/a?x",
                "/a#x",
                "/a\n",
                "/ä",
                "/a%",
                "/a%zz",
                "/a\\b",
                "/a/../b",
                "/..",
                "/a/.",
                "/a/%2e%2E/b",
                "/a/.%2e/b",
                "/%2e",
            )
        ],
        ({"headers": (("X-A", "b\r\nX-Evil: 1"),)}, "X-A"),
        ({"headers": (("X-A", "b\0"),)}, "X-A"),
        ({"headers": (("X-A", "é"),)}, "X-A"),
        ({"headers": (("X A", "b"),)}, "X A"),
        ({"headers": (("", "b"),)}, "header"),
        ({"headers": (("X-A:", "b"),)}, "X-A:"),
        ({"accept": "a\r\nb: c"}, "Accept"),
        ({"content_type": "a\nb"}, "Content-Type"),
        *[
            ({"headers": ((name, "x"),)}, "set by the client")
            for name in (
                "Authorization",
                "authorization",
                "HOST",
                "Content-Length",
                "Transfer-Encoding",
                "Connection",
            )
        ],
        *[({"deadline": value}, "deadline") for value in (0, -1.0, math.inf, math.nan)],
    ],
)
def test_what_could_not_be_sent_as_it_is_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        call(**changes)
    assert caught.value.operation == "things.get"
