"""What the examination of one document knows and collects while it goes from section to section."""

from __future__ import annotations

from typing import Literal

import attrs

from depotfinity_async.jsonapi.build import Faults
from depotfinity_async.jsonapi.errors import Path

from .names import is_member_name

Request = Literal["create", "update"]

Name = tuple[str, str, str]
"""What names a resource: its type, ``"id"`` or ``"lid"``, and the value. A lid is not an id (D9)."""


@attrs.define
class Inquiry:
    """One document under examination.

    ``namespaces`` are those of the applied extensions; ``sent`` is true for what a client sends, ``lids``
    where a lid is allowed.
    """

    namespaces: frozenset[str]
    request: Request | None
    sent: bool
    lids: bool
    faults: Faults = attrs.field(factory=Faults, init=False)
    references: list[tuple[Name, Path]] = attrs.field(factory=list[tuple[Name, Path]], init=False)
    complete: bool = attrs.field(default=True, init=False)
    """Whether everything that names a resource could be read; if not, an absence proves nothing."""

    def lost(self, path: Path, message: str, rule: str) -> None:
        """A fault that hides which resources are there or are meant."""
        self.complete = False
        self.faults.add(path, message, rule)

    def applied(self, name: str) -> bool:
        """Whether a member belongs to an extension that is applied (D25)."""
        namespace, colon, _ = name.partition(":")
        return bool(colon) and namespace in self.namespaces

    def ignores(self, name: str) -> bool:
        """Whether a member is none of the base standard's: an @-member or an extension's (D24, D25)."""
        if name.startswith("@"):
            return True
        namespace, _, rest = name.partition(":")
        return namespace.isascii() and namespace.isalnum() and is_member_name(rest)
