"""OAuth access tokens as JWTs (RFC 7519, HS256): issuing and checking. It knows nothing of HTTP."""

import base64
import hashlib
import hmac
import json
import math
import secrets
from typing import cast

import attrs


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _bytes(text: str) -> bytes:
    # What aiohttp cannot decode in a header comes as lone surrogates, which plain encoding refuses.
    return text.encode(errors="surrogateescape")


@attrs.frozen
class TokenIssuer:
    """Issues the tokens of one simulator and knows them again; the random key keeps other tokens out.

    Args:
        package: the package written into the token.
        lifetime: simulated seconds a token is good for, at least 1.
    """

    package: str
    lifetime: float
    _key: bytes = attrs.field(factory=lambda: secrets.token_bytes(32), repr=False, init=False)

    def issue(self, client_id: str, now: float) -> str:
        """A token for `client_id`, good from `now` (simulated seconds since the epoch)."""
        claims = {
            "sub": client_id,
            "iat": math.floor(now),
            # Rounded up: a token must not end before the `expires_in` that was promised.
            "exp": math.ceil(now + self.lifetime),
            "package": self.package,
            # Without it two tokens of the same second were one, and a client's refresh would be invisible.
            "jti": secrets.token_hex(8),
        }
        header = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
        signed = f"{header}.{_encode(json.dumps(claims, separators=(',', ':')).encode())}"
        return f"{signed}.{self._sign(signed)}"

    def is_good(self, token: str, now: float) -> bool:
        """Whether the token is one of this issuer's and has not expired at `now`."""
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._sign(signed).encode(), _bytes(signature)):
            return False
        # Nobody else has the key: what carries its signature has the form that `issue` writes.
        claims = cast("dict[str, int]", json.loads(_decode(signed.partition(".")[2])))
        return now < claims["exp"]

    def _sign(self, signed: str) -> str:
        return _encode(hmac.new(self._key, _bytes(signed), hashlib.sha256).digest())
