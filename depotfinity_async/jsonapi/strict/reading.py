"""Bytes to a JSON tree for strict mode: readable is what the decoder can read, and repetition is found.

What a document says is judged in :func:`~.document.check`, not here.
"""

from __future__ import annotations

import json
from typing import Any

import attrs
import msgspec

from depotfinity_async.jsonapi import parse
from depotfinity_async.jsonapi.errors import Fault, Path
from depotfinity_async.jsonapi.values import is_array, is_object


@attrs.frozen
class Reading:
    """A JSON tree, and the members that stood twice in their object (the last one counts)."""

    tree: Any
    faults: tuple[Fault, ...]


def read(
    raw: bytes | bytearray | memoryview | str,
    *,
    max_bytes: int = parse.MAX_BYTES,
    max_depth: int = parse.MAX_DEPTH,
) -> Reading:
    """Read the bytes of a document.

    Raises :class:`~depotfinity_async.jsonapi.DecodeError` for more than ``max_bytes`` bytes, for arrays and
    objects that stand deeper than ``max_depth`` within each other, and for all that is no JSON in UTF-8
    (RFC 8259): NaN and numbers too large for a float, integers of more than 4,300 digits, lone surrogates.
    """
    data = parse.clean(raw, max_bytes)
    # The decoder's parser judges what is readable, so that both modes agree; only it does not see repetition.
    tree = parse.tree(data, max_depth)
    return _examined(data) if _may_repeat(data, tree) else Reading(tree, ())


def _may_repeat(data: bytes, tree: Any) -> bool:
    """Whether a JSON text may have more members than its tree kept.

    Each member has a colon. All other colons are in strings, and a tree loses these only with a member.
    """
    if b"\\u003" in data:  # so may a colon in a string be written
        return True
    try:
        return data.count(b":") != msgspec.json.encode(tree).count(b":")
    except RecursionError:
        return True


def _examined(data: bytes) -> Reading:
    """A JSON text in which members stand twice, with their places."""
    repeated: dict[int, tuple[dict[str, Any], list[tuple[str, Any]]]] = {}

    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            last = {name: number for number, (name, _) in enumerate(pairs)}
            lost = [pair for number, pair in enumerate(pairs) if last[pair[0]] != number]
            # The object is kept beside its number, so that no other object can get the same one.
            repeated[id(made)] = (made, lost)
        return made

    try:
        tree = json.loads(data.decode(), object_pairs_hook=make)
    except (ValueError, RecursionError) as error:
        raise parse.unreadable(f"not JSON: {error}") from None
    found: list[Fault] = []
    waiting: list[tuple[Any, Path]] = [(tree, ())]
    while waiting:
        node, path = waiting.pop()
        if is_array(node):
            waiting.extend((item, (*path, index)) for index, item in enumerate(node))
        elif is_object(node):
            lost = repeated[id(node)][1] if id(node) in repeated else []
            message = "stands more than once in its object (RFC 8259, section 4)"
            found.extend(Fault((*path, name), message) for name, _ in lost)
            waiting.extend((value, (*path, name)) for name, value in (*node.items(), *lost))
    return Reading(tree, tuple(found))
