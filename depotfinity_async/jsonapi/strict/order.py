"""Faults in the order of the document, whatever order the sections were examined in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from depotfinity_async.jsonapi.errors import Fault, Path
from depotfinity_async.jsonapi.values import is_array, is_object


def in_order(tree: Any, faults: Iterable[Fault]) -> list[Fault]:
    """The faults of a tree as a reader of the document meets their places.

    What is wrong with an object as a whole, or missing in it, comes before what is wrong inside it.
    """
    # An object may have many wrong members: their numbers are taken once. The tree keeps the objects alive.
    numbers: dict[int, dict[str, int]] = {}

    def place(path: Path) -> tuple[int, ...]:
        found: list[int] = []
        node = tree
        for step in path:
            if is_object(node) and step in node:
                if id(node) not in numbers:
                    numbers[id(node)] = {name: number for number, name in enumerate(node)}
                found.append(numbers[id(node)][str(step)])
                node = node[str(step)]
            elif is_array(node) and isinstance(step, int) and step < len(node):
                found.append(step)
                node = node[step]
            else:
                # Missing, or inside a value that a later member of the same name has replaced.
                return (*found, -1)
        return tuple(found)

    return sorted(faults, key=lambda fault: place(fault.path))
