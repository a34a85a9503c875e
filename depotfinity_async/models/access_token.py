"""The access token as a value: its text when asked for by name, and what it says of itself.

Nothing is verified here: that is for those who are handed the token.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

import attrs
import msgspec

from depotfinity_async.config import Secret

_NOTHING: Mapping[str, object] = MappingProxyType({})


@attrs.frozen(eq=False)
class AccessToken:
    """An access token, good at the moment it is handed out. Vendor page: Token Management.

    Neither ``repr`` nor ``str`` show anything of it, and it cannot be pickled.
    """

    _secret: Secret

    def reveal(self) -> str:
        """The token's text. Use it where it is sent, and keep it nowhere."""
        return self._secret.reveal()

    @property
    def claims(self) -> Mapping[str, object]:
        """What the token says of itself, not verified; empty when it is no JWT that can be read.

        The vendor names the token a JWT; its claims are not documented. Do not log them: they may name whose
        token it is. Source: RFC 7519, section 7.2; RFC 7515, section 3.1.
        """
        parts = self.reveal().split(".")
        # Three parts are a signed token, whose second one can be read; five an encrypted one.
        return _claims(parts[1]) if len(parts) == 3 else _NOTHING

    @property
    def expires_at(self) -> datetime | None:
        """When it ends, by its claim ``exp`` (RFC 7519, section 4.1.4), aware UTC; None: it does not say."""
        seconds = self.claims.get("exp")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return None
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return None


def _claims(part: str) -> Mapping[str, object]:
    try:
        read: object = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, msgspec.DecodeError, ValueError, RecursionError):
        return _NOTHING
    return MappingProxyType(cast("dict[str, object]", read)) if isinstance(read, dict) else _NOTHING
