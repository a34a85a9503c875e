"""Links objects, links and link objects (D20, D21), and pagination links where nothing is paged (D28)."""

from __future__ import annotations

from typing import Any

from depotfinity_async.jsonapi.build import JsonObject, as_object
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_array, is_object

from .inquiry import Inquiry
from .meta import check_meta
from .names import ILLEGAL
from .uris import is_uri_reference

PAGINATION = frozenset({"first", "last", "prev", "next"})


def check_links(holder: JsonObject, path: Path, inquiry: Inquiry) -> JsonObject:
    """The ``links`` of an object, if it has them; gives them back for what else depends on their names."""
    if "links" not in holder:
        return {}
    place = (*path, "links")
    links = as_object(holder["links"], place, inquiry.faults, "D20")
    for name, link in links.items():
        if link.__class__ is str and inquiry.legal[name] and is_uri_reference(link):
            continue
        if inquiry.ignores(name):
            continue
        if not inquiry.legal[name]:
            inquiry.faults.add((*place, name), ILLEGAL, "D23")
        check_link(link, (*place, name), inquiry)
    return links


def check_paging(holder: JsonObject, links: JsonObject, path: Path, inquiry: Inquiry) -> None:
    """Pagination links page the collection in the ``data`` beside them; a single value has no pages (D28)."""
    if not links or "data" not in holder or is_array(holder["data"]):
        return
    for name in PAGINATION.intersection(links):
        if links[name] is not None:
            message = "a pagination link beside data that is no array: there is nothing to page"
            inquiry.faults.add((*path, "links", name), message, "D28")


def check_link(node: Any, path: Path, inquiry: Inquiry) -> None:
    """One link: a URI reference, a link object, or null."""
    faults = inquiry.faults
    while is_object(node):
        _check_members(node, path, inquiry)
        if "describedby" not in node:
            return
        node, path = node["describedby"], (*path, "describedby")
    if isinstance(node, str):
        if not is_uri_reference(node):
            faults.add(path, "not a URI reference (RFC 3986)", "D20")
    elif node is not None:
        faults.add(path, f"a link is a string, an object with href, or null: got {describe(node)}", "D20")


def _check_members(link: JsonObject, path: Path, inquiry: Inquiry) -> None:
    """The members of a link object, but for ``describedby``, which is a link again."""
    faults = inquiry.faults
    if not isinstance(link.get("href"), str):
        found = f"got {describe(link['href'])}" if "href" in link else "it is missing"
        faults.add((*path, "href"), f"a link object needs a string 'href': {found}", "D21")
    elif not is_uri_reference(link["href"]):
        faults.add((*path, "href"), "not a URI reference (RFC 3986)", "D21")
    for name in ("rel", "title", "type"):
        if name in link and not isinstance(link[name], str):
            faults.add((*path, name), f"expected a string, got {describe(link[name])}", "D21")
    languages = link.get("hreflang", "")
    for number, language in enumerate(languages if is_array(languages) else [languages]):
        if not isinstance(language, str):
            place = (*path, "hreflang", number) if is_array(languages) else (*path, "hreflang")
            faults.add(place, f"expected a language tag as a string, got {describe(language)}", "D21")
    check_meta(link, path, inquiry)
