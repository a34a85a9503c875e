import base64
import json

from depotfinity_async.simulator.tokens import TokenIssuer

NOW = 1_773_156_600.25


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    loaded: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return loaded


def test_is_a_jwt_with_the_claims() -> None:
    issued = claims(TokenIssuer("Basic", 3600).issue("demo", NOW))
    assert (issued["sub"], issued["package"]) == ("demo", "Basic")
    assert (issued["iat"], issued["exp"]) == (1_773_156_600, 1_773_160_201)


def test_is_good_for_all_of_its_life_and_not_longer() -> None:
    issuer = TokenIssuer("Basic", 3600)
    token = issuer.issue("demo", NOW)
    assert issuer.is_good(token, NOW)
    assert issuer.is_good(token, NOW + 3600)
    assert not issuer.is_good(token, NOW + 3601)


def test_two_tokens_of_one_moment_differ() -> None:
    issuer = TokenIssuer("Basic", 3600)
    assert issuer.issue("demo", NOW) != issuer.issue("demo", NOW)


def test_foreign_and_forged_tokens_are_not_good() -> None:
    issuer = TokenIssuer("Basic", 3600)
    header, payload, signature = issuer.issue("demo", NOW).split(".")
    longer = base64.urlsafe_b64encode(json.dumps({"exp": 1e12}).encode()).decode().rstrip("=")
    for token in (
        TokenIssuer("Basic", 3600).issue("demo", NOW),
        f"{header}.{longer}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}.ä",
        f"{header}.{payload}.\udcff",
        "\udcff.\udcff",
        "",
        "words",
        "a.b.c",
    ):
        assert not issuer.is_good(token, NOW)


def test_the_key_is_not_shown() -> None:
    assert "key" not in repr(TokenIssuer("Basic", 3600))
