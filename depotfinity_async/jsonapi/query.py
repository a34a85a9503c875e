"""The query of a request: include, fields, sort, filter, page and own parameters (C8 to C10).

Fields are named as in Python, and go out under the document's names. Nothing here sends a request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import attrs

from .query_names import Names, QueryError, Verbatim, resource_declaration
from .query_values import Parameter, Value, check_item, check_own, family


def _tuple(classes: Iterable[type[Any]]) -> tuple[type[Any], ...]:
    return tuple(classes)


@attrs.frozen
class Query:
    """A query about the resources of one class; immutable, each method gives a new one.

    ``resource`` is the class that paths begin at; without one paths go out as they are given. ``classes``
    are further mapped classes: those that annotations name and their modules do not reach, and those of
    types that only a relationship to any class leads to. A name that no class declares is wrapped in
    :class:`Verbatim`. Includes, fields and sort keys of several calls add up; a parameter of the families
    that is given again takes the new value. Every method raises :class:`QueryError` for what cannot be
    asked, the constructor :class:`SchemaError`.

    ::

        Query(Article).include("comments.author").fields(Person, "first_name").sort("-created").page(size=10)
    """

    resource: type[Any] | None = None
    classes: tuple[type[Any], ...] = attrs.field(default=(), kw_only=True, converter=_tuple, repr=False)
    _parameters: tuple[Parameter, ...] = attrs.field(default=(), kw_only=True, alias="_parameters")

    def __attrs_post_init__(self) -> None:
        self._names()

    def include(self, *paths: str) -> Query:
        """Ask for related resources by dot-separated paths of relationships; without paths, for none."""
        names = self._names()
        return self._listed("include", [names.path(path, "include", ("relationship",)) for path in paths])

    def fields(self, of: type[Any] | str, *names: str) -> Query:
        """Ask for these attributes and relationships alone of a class or type; without names, for none.

        A relationship that is left out comes without its linkage (C8), so name those that are included too.
        """
        known = self._names()
        cls: type[Any] | None
        if not isinstance(of, str):
            cls, type_ = of, str(resource_declaration(of).type)
        else:
            unchecked = isinstance(of, Verbatim) or (self.resource is None and not self.classes)
            cls, type_ = None if unchecked else known.of_type(of), of
        if not type_ or not {"[", "]"}.isdisjoint(type_):
            raise QueryError(f"fields: {type_!r} cannot stand in brackets [C8]")
        asked = [
            name if cls is None or isinstance(name, Verbatim) else known.field(cls, name) for name in names
        ]
        return self._listed(f"fields[{type_}]", asked)

    def sort(self, *keys: str) -> Query:
        """Ask for an order by paths of fields, a ``-`` before one for descending; the first counts most.

        Without keys nothing is asked: unlike ``include`` and ``fields``, ``sort`` has no empty form.
        """
        names, asked = self._names(), list[str]()
        for key in keys:
            bare, sign = key.removeprefix("-"), "-" if key.startswith("-") else ""
            path = Verbatim(bare) if isinstance(key, Verbatim) else bare
            name = names.path(path, "sort", ("attribute", "relationship", "id"))
            if name.startswith("-"):
                raise QueryError(f"sort: the name {name!r} begins with the sign for descending [C9]")
            asked.append(sign + name)
        return self._listed("sort", asked) if asked else self

    def filter(self, /, *criteria: Value, **named: Value) -> Query:
        """Ask for some resources: ``filter(author="1")`` is ``filter[author]=1``.

        ``filter({"author": {"name": "x"}})`` nests, ``filter("text")`` is the parameter ``filter`` itself.
        What the names mean is up to the service: they go out as they are.
        """
        return self._family("filter", *criteria, named)

    def page(self, /, *position: Value, **named: Value) -> Query:
        """Ask for one page: ``page(number=2, size=10)``; names and forms as in :meth:`filter`."""
        return self._family("page", *position, named)

    def param(self, name: str, value: Value) -> Query:
        """A parameter of the service's own (or an extension's, ``namespace:name``); a mapping makes brackets.

        Its name holds a character outside a to z: the others belong to the standard (C10).
        """
        check_own(name)
        return self._family(name, value)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the parameters, not encoded."""
        return tuple((name, ",".join(items)) for name, items in self._parameters)

    def encode(self) -> str:
        """The query of a URL, without the question mark; empty if nothing was asked.

        All but letters, digits and ``-._~`` is percent-encoded, brackets too (C10). A bare comma separates
        items; one inside a value is encoded.
        """
        return "&".join(
            f"{quote(name, safe='')}={','.join(quote(item, safe='') for item in items)}"
            for name, items in self._parameters
        )

    __str__ = encode

    def _names(self) -> Names:
        return Names(self.resource, self.classes)

    def _listed(self, name: str, items: Iterable[str]) -> Query:
        before = dict(self._parameters).get(name, ())
        added = (check_item(name, item) for item in items)
        return self._with({name: tuple(dict.fromkeys((*before, *added)))})

    def _family(self, name: str, *values: Value) -> Query:
        return self._with({key: items for value in values for key, items in family(name, value)})

    def _with(self, parameters: dict[str, tuple[str, ...]]) -> Query:
        for name, items in parameters.items():
            try:
                "".join((name, *items)).encode()
            except UnicodeEncodeError:
                raise QueryError(f"{name!a} holds half a character, which has no UTF-8 form") from None
        return attrs.evolve(self, _parameters=tuple({**dict(self._parameters), **parameters}.items()))
