"""Names in a query: from the Python fields of mapped classes to the names of the document (C8, C9).

A name that leads nowhere is refused with the nearest one. Values and the writing of a query are not here.
"""

from __future__ import annotations

import difflib
import functools
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from .declare import Declaration, declaration_of
from .errors import JsonApiError, SchemaError
from .relationships import ToMany, ToOne
from .values import members_of

Kind = Literal["id", "attribute", "relationship"]


class QueryError(JsonApiError, ValueError):
    """A query names what no class declares, or holds what the query of a URL cannot express."""


class Verbatim(str):
    """A name that goes out as it is: for what the service knows and the classes do not declare."""

    __slots__ = ()


@attrs.frozen
class Member:
    """A field as the document knows it. ``targets`` are the classes of a relationship, empty for any."""

    kind: Kind
    name: str
    targets: tuple[type[Any], ...] = ()


@attrs.frozen
class Names:
    """The names that a query about ``root`` can use; without a root nothing is looked up.

    ``classes`` are the mapped classes that annotations may name, beside those in reach of their modules.
    Raises :class:`SchemaError` if ``root`` is no resource class, or one of its annotations names no class.
    """

    root: type[Any] | None
    classes: tuple[type[Any], ...]

    def __attrs_post_init__(self) -> None:
        if self.root is not None:
            self.members(self.root)

    def members(self, cls: type[Any]) -> Mapping[str, Member]:
        """The fields of a resource class by their names in Python. Raises :class:`SchemaError`."""
        return _members((cls, *self.classes))

    def path(self, given: str, what: str, ends: tuple[Kind, ...]) -> str:
        """The document's name of a path of fields from the root: relationships, then one of kind ``ends``.

        Behind a relationship to any class the path goes on as it is given. Raises :class:`QueryError`.
        """
        steps = given.split(".")
        if not all(steps):
            raise QueryError(f"{what}: {given!r} has an empty step")
        if self.root is None or isinstance(given, Verbatim):
            return given
        owners: tuple[type[Any], ...] = (self.root,)
        names: list[str] = []
        for number, step in enumerate(steps):
            if not owners:
                return ".".join([*names, *steps[number:]])
            kinds: tuple[Kind, ...] = ends if number == len(steps) - 1 else ("relationship",)
            found = self._find(step, owners, kinds, f"{what} {given!r}")
            if "." in found[0].name:
                raise QueryError(f"{what} {given!r}: the name {found[0].name!r} holds a dot")
            names.append(found[0].name)
            # A relationship to any class among several may lead anywhere.
            known = all(member.targets for member in found)
            # Each class once: classes that point to each other would double their number with every step.
            targets = dict.fromkeys(target for member in found for target in member.targets)
            owners = tuple(targets) if known else ()
        return ".".join(names)

    def field(self, cls: type[Any], given: str) -> str:
        """The document's name of an attribute or relationship of a class. Raises :class:`QueryError`."""
        what = f"fields of {cls.__name__}"
        return self._find(given, (cls,), ("attribute", "relationship"), what)[0].name

    def of_type(self, type_: str) -> type[Any]:
        """The class that stands for a type, among those in reach. Raises :class:`QueryError`."""
        found: dict[str, type[Any]] = {}
        waiting = [cls for cls in (self.root, *self.classes) if cls is not None]
        for cls in waiting:  # grows meanwhile
            declaration = declaration_of(cls)
            if declaration and declaration.type and declaration.type not in found:
                found[declaration.type] = cls
                waiting.extend(target for member in self.members(cls).values() for target in member.targets)
        if type_ not in found:
            nearest = _nearest(type_, {name: name for name in found})
            raise QueryError(f"fields: no class stands for the type {type_!r}; {nearest} (else: Verbatim)")
        return found[type_]

    def _find(
        self, step: str, owners: Iterable[type[Any]], kinds: tuple[Kind, ...], what: str
    ) -> list[Member]:
        """What the owners that have it mean by a field: at least one member, all of one name."""
        found: list[Member] = []
        spellings: dict[str, str] = {}
        for owner in owners:
            members = {name: it for name, it in self.members(owner).items() if it.kind in kinds}
            spellings |= {member.name: name for name, member in members.items()}
            spellings |= {name: name for name in members}
            found += [members[step]] if step in members else []
        if not found:
            lacking = " or ".join(owner.__name__ for owner in owners)
            raise QueryError(
                f"{what}: {lacking} has no {' or '.join(kinds)} {step!r}; {_nearest(step, spellings)}"
            )
        names = sorted({member.name for member in found})
        if len(names) > 1:
            raise QueryError(f"{what}: {step!r} stands for {' and '.join(names)}; say which with Verbatim")
        return found


# Annotations are slow to resolve, and every step of a query asks for the same few classes.
@functools.lru_cache(maxsize=256)
def _members(classes: tuple[type[Any], ...]) -> Mapping[str, Member]:
    """The fields of the first class; its annotations may name all of them."""
    cls = classes[0]
    declaration = resource_declaration(cls)
    try:
        hints = typing.get_type_hints(cls, localns={other.__name__: other for other in reversed(classes)})
    except NameError as error:
        raise SchemaError(
            f"{cls.__name__}: the annotation {error.name!r} names no class that the query knows; "
            "give it in Query(..., classes=[...])"
        ) from None
    found: dict[str, Member] = {}
    for name, field in declaration.fields.items():
        hint = hints[name]
        if (typing.get_origin(hint) or hint) in (ToOne, ToMany):
            (argument,) = typing.get_args(hint) or (Any,)
            targets = members_of(argument)
            found[name] = Member(
                "relationship",
                name if field.kind == "foreign key" else field.name or name,
                () if Any in targets else targets,
            )
        elif field.kind == "id":
            found[name] = Member("id", "id")
        else:
            found[name] = Member("attribute", field.name or name)
    return found


def resource_declaration(cls: type[Any]) -> Declaration:
    """The declaration of a class that stands for a type. Raises :class:`SchemaError`."""
    declaration = declaration_of(cls)
    if declaration is None or declaration.type is None:
        raise SchemaError(f"{cls.__name__} is not a resource class: declare it with @resource('type')")
    return declaration


def _nearest(given: str, spellings: Mapping[str, str]) -> str:
    """The name that was probably meant, or all there are. ``spellings`` leads from spelling to name."""
    if close := difflib.get_close_matches(given, spellings, n=1):
        return f"did you mean {spellings[close[0]]!r}?"
    return f"known: {', '.join(sorted(set(spellings.values()))) or 'none'}"
