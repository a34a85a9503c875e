"""The access token says what it holds when asked, and shows nothing by itself."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import traceback
from datetime import UTC, datetime

import pytest

from depotfinity_async import AccessToken, Secret


def encoded(claims: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def token(text: str) -> AccessToken:
    return AccessToken(Secret(text))


JWT = f"{encoded({'alg': 'RS256'})}.{encoded({'sub': 'CANARY-id', 'exp': 1766228670, 'n': [1]})}.CANARY-sign"


def test_what_a_jwt_says() -> None:
    made = token(JWT)
    assert made.reveal() == JWT
    assert made.claims == {"sub": "CANARY-id", "exp": 1766228670, "n": [1]}
    assert made.expires_at == datetime(2025, 12, 20, 11, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["?", "~~~~", "ÿþ", "a" * 31])
def test_every_length_and_sign_of_base64_is_read(text: str) -> None:
    assert token(f"h.{encoded({'text': text})}.s").claims == {"text": text}


@pytest.mark.parametrize(
    "text",
    [
        "opaque",
        "..",
        "a.b",
        "a.b.c.d.e",
        "h.!!!!.s",
        "h.e30x.s",
        f"h.{encoded([1])}.s",
        f"h.{encoded('text')}.s",
        f"{encoded({'exp': 1})}.{encoded({'exp': 1})}",
        f"h.{'W1tb' * 50_000}.s",
        "h./w.s",
        "h.ü.s",
    ],
)
def test_what_cannot_be_read_says_nothing(text: str) -> None:
    made = token(text)
    assert (made.reveal(), made.claims, made.expires_at) == (text, {}, None)


@pytest.mark.parametrize("expires", [None, "1766228670", True, 1e300, -1e300, 10**400, [1]])
def test_an_end_that_is_no_time(expires: object) -> None:
    assert token(f"h.{encoded({'exp': expires})}.s").expires_at is None


def test_claims_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        token(JWT).claims["sub"] = "other"  # type: ignore[index]  # that it is refused is what is tested


def test_nothing_is_shown() -> None:
    made = token(JWT)
    texts = [repr(made), str(made), f"{made}", repr([made])]
    try:
        made.claims["nothing"]
    except KeyError as error:
        texts += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    for text in texts:
        assert "CANARY" not in text
        assert JWT.split(".")[1] not in text
        assert "1766228670" not in text
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(made)
    with pytest.raises(TypeError, match="pickled"):
        copy.deepcopy(made)
