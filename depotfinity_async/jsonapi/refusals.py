"""Why a relationship cannot give what was asked of it: the errors, each with advice."""

from __future__ import annotations

from .errors import NotIncludedError, NotLoadedError
from .told import Identifier, Lid, Told, Written


def not_included(told: Told, identifier: Identifier) -> NotIncludedError:
    """The document has no object for a target; how to get one."""
    name = told.name
    if not name:
        return NotIncludedError(
            f"the reference to {identifier} was made by hand, of its type and id: it has no object to give"
        )
    if isinstance(told, Written) and told.is_key:
        return NotIncludedError(
            f"{name!r} names {identifier}, and this body has no more of it than the id: "
            "decode with an identity map that knows it, or use its type and id"
        )
    if isinstance(identifier.id, Lid):
        return NotIncludedError(
            f"relationship {name!r} names the new resource {identifier}, which is not in this document"
        )
    return NotIncludedError(
        f"relationship {name!r} names {identifier}, which is not in this document: ask for it with "
        f"include={name} (behind the path to this resource, if an include brought it), or use its type and id"
    )


def not_loaded(told: Told) -> NotLoadedError:
    """The document does not say what the relationship holds."""
    return NotLoadedError(f"{called(told)} is not loaded: the document does not say what it holds")


def called(told: Told) -> str:
    """A relationship in a sentence; one that was made by hand has no name."""
    return f"relationship {told.name!r}" if told.name else "the relationship"
