"""What the examination of one document knows and collects while it goes from section to section."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

from depotfinity_async.jsonapi.build import Faults
from depotfinity_async.jsonapi.errors import Path

from .names import is_member_name

Request = Literal["create", "update"]

Name = tuple[str, str, str]
"""What names a resource: its type, ``"id"`` or ``"lid"``, and the value. A lid is not an id (D9)."""


class _Legal(dict[str, bool]):
    def __missing__(self, name: str) -> bool:
        verdict = self[name] = is_member_name(name)
        return verdict


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
    """What is meant by a lid, and where: it has to be in the document (R2)."""
    legal: Mapping[str, bool] = attrs.field(factory=_Legal, init=False)
    """Whether a text is a legal member name (D23); the few names of a document are examined once."""
    complete: bool = attrs.field(default=True, init=False)
    """Whether everything that names a resource could be read; if not, an absence proves nothing."""

    def lost(self, path: Path, message: str, rule: str) -> None:
        """A fault that hides which resources are there or are meant."""
        self.complete = False
        self.faults.add(path, message, rule)

    def refers(self, names: Iterable[Name], path: Path) -> None:
        """Remember what a place means by a lid."""
        self.references.extend((name, path) for name in names if name[1] == "lid")

    def applied(self, name: str) -> bool:
        """Whether a member belongs to an extension that is applied (D25)."""
        namespace, colon, _ = name.partition(":")
        return bool(colon) and namespace in self.namespaces

    def ignores(self, name: str) -> bool:
        """Whether a member is none of the base standard's: an @-member or an extension's (D24, D25)."""
        if self.legal[name]:
            return False
        if name.startswith("@"):
            return True
        namespace, _, rest = name.partition(":")
        return namespace.isascii() and namespace.isalnum() and is_member_name(rest)
