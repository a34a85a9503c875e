"""One document of the conformance table, and the small language in which the table is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class Case:
    """A document that stands for a rule, and all faults (rule, pointer) that strict mode finds in it."""

    rule: str
    title: str
    body: Any
    faults: frozenset[tuple[str, str]]
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.rule}-{'rejected' if self.faults else 'accepted'}-{self.title.replace(' ', '-')}"


def right(rule: str, title: str, body: Any, **options: Any) -> Case:
    """A document without a fault that shows what the rule allows."""
    return Case(rule, title, body, frozenset(), options)


def wrong(title: str, body: Any, first: str, *others: str, **options: Any) -> Case:
    """A document with faults, each as ``"RULE /pointer"``; it stands for the first one's rule."""
    faults = [fault.partition(" ") for fault in (first, *others)]
    return Case(faults[0][0], title, body, frozenset((rule, pointer) for rule, _, pointer in faults), options)


def res(type_: str = "songs", id_: str = "1", /, **members: Any) -> dict[str, Any]:
    """A resource object (or an identifier, when nothing is added)."""
    return {"type": type_, "id": id_, **members}


def song(**members: Any) -> dict[str, Any]:
    """A document whose primary data is one resource with these members."""
    return {"data": res(**members)}


def rel(**relationship: Any) -> dict[str, Any]:
    """A document whose one resource has one relationship, ``band``, with these members."""
    return song(relationships={"band": relationship})


def to(*targets: Any) -> dict[str, Any]:
    """The relationships of a resource: ``next``, to-many, with identifiers ``songs/<target>``."""
    return {"next": {"data": [res("songs", target) for target in targets]}}
