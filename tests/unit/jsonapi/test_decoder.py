"""The decoder itself: what it takes for a body and a shape, its limits, and that it raises nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import (
    DecodeError,
    Decoder,
    SchemaError,
    Shape,
    ToMany,
    ToOne,
    attribute,
    flat_array,
    flat_items,
    flat_object,
    resource_id,
)

from .classes import BLOG, FLAT, Person, Visit
from .ways import DECODER, documents


@jsonapi.value
class Note:
    raw: Any = None


@jsonapi.resource("logs")
class Log:
    id: str
    at: str
    raw: Any = attribute("the-raw", default=None)
    notes: list[Note] = attribute(factory=list[Note])
    about: ToOne[Any]
    others: ToMany[Any]


@jsonapi.resource("rows")
class Row:
    id: int = resource_id("ID")
    raw: Any = attribute("Raw", default=None)


CLASSES = [Log, Row]
LOG: dict[str, Any] = {"type": "logs", "id": "7", "attributes": {"at": "now"}}
ROW: dict[str, Any] = {"ID": 1}
ARTICLE = b'{"data":{"type":"articles","id":"1","attributes":{"title":"x"}}}'


# -- arguments ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_takes_any_bytes_and_text(kind: Callable[[bytes], Any]) -> None:
    decoder = Decoder(BLOG)
    for strict in (False, True):
        assert decoder.decode(kind(ARTICLE), strict=strict).data.title == "x"
        assert decoder.decode(ARTICLE.decode(), strict=strict).data.title == "x"
        assert Decoder(FLAT).decode(kind(b"[]"), flat_array(Visit), strict=strict).data == []


def test_memory_that_is_given_may_change_later() -> None:
    raw = bytearray(ARTICLE.replace(b'"x"', b'"x","new":1'))
    article = Decoder(BLOG).decode(raw).data
    raw[:] = b" " * len(raw)
    assert jsonapi.extra(article) == {"new": 1}


@pytest.mark.parametrize("raw", [5, None, {"data": None}, [1], object()])
def test_what_is_no_body_is_a_type_error(raw: Any) -> None:
    for strict in (False, True):
        with pytest.raises(TypeError, match="raw must be bytes, bytearray, memoryview or str, not "):
            Decoder(BLOG).decode(raw, strict=strict)


def test_what_is_no_shape() -> None:
    shape: Any = Visit
    sentence = r"shape is the class Visit: say how it stands, such as flat_array\(Visit\)"
    for strict in (False, True):
        with pytest.raises(SchemaError, match=sentence):
            Decoder(FLAT).decode(b"[]", shape, strict=strict)
        shape_of_text: Any = "items"
        with pytest.raises(SchemaError, match=r"shape must be made by flat_array\(\).* not be a str"):
            Decoder(FLAT).decode(b"[]", shape_of_text, strict=strict)
        with pytest.raises(SchemaError, match="Person is not among the classes of this decoder"):
            Decoder(FLAT).decode(b"[]", flat_array(Person), strict=strict)


@pytest.mark.parametrize("member", ["data", "errors", "meta", "links", "included", "jsonapi"])
def test_items_stand_in_no_member_of_documents(member: str) -> None:
    with pytest.raises(SchemaError, match=rf"flat_items\(Visit, '{member}'\)"):
        flat_items(Visit, member)


def test_items_may_have_members_of_documents_beside_them() -> None:
    body = json.dumps({"items": [ROW], "meta": {"n": 1}, "links": []})
    document = Decoder(CLASSES).decode(body, flat_items(Row))
    assert (document.data[0].id, document.meta) == (1, {"meta": {"n": 1}, "links": []})


class TestTheFunction:
    """``jsonapi.decode`` takes what a decoder and its method take."""

    def test_takes_a_shape(self) -> None:
        assert jsonapi.decode(b'[{"ID":3}]', CLASSES, shape=flat_array(Row)).data[0].id == 3
        assert jsonapi.decode(b'{"ID":3}', CLASSES, shape=flat_object(Row)).data.id == 3

    def test_takes_an_identity_map(self) -> None:
        identity = jsonapi.IdentityMap("strong")
        first, second = (jsonapi.decode(ARTICLE, BLOG, identity=identity).data for _ in range(2))
        assert first is second

    def test_is_strict_when_asked(self) -> None:
        jsonapi.decode(b'{"data":null,"meta":null}')
        with pytest.raises(DecodeError, match="D19"):
            jsonapi.decode(b'{"data":null,"meta":null}', strict=True)
        lonely = b'{"data":[],"included":[{"type":"x","id":"1"}]}'
        with pytest.raises(DecodeError, match="D18"):
            jsonapi.decode(lonely, strict=True)
        assert jsonapi.decode(lonely, strict=True, sparse=True).data == []
        only = b'{"my:n":1}'
        with pytest.raises(DecodeError, match="D2"):
            jsonapi.decode(only, strict=True)
        assert (
            jsonapi.decode(b'{"my:n":1,"meta":{}}', strict=True, extensions={"my": "https://x/y"}).data
            is None
        )

    def test_has_the_limits(self) -> None:
        with pytest.raises(DecodeError, match="max_bytes"):
            jsonapi.decode(ARTICLE, max_bytes=10)
        with pytest.raises(DecodeError, match=r"nested more than 2 deep \(max_depth\)"):
            jsonapi.decode(ARTICLE, max_depth=2)

    def test_takes_a_converter(self) -> None:
        converter = jsonapi.make_converter()
        converter.register_structure_hook(str, lambda value, _: value.upper())
        assert jsonapi.decode(ARTICLE, BLOG, converter=converter).data.title == "X"


# -- depth -------------------------------------------------------------------------------------------------


def log_with(**members: Any) -> dict[str, Any]:
    return {"data": [LOG | members]}


PLACES: dict[str, Callable[[Any], Any]] = {
    "attribute": lambda value: log_with(attributes=LOG["attributes"] | {"the-raw": value}),
    "attribute of a record": lambda value: log_with(
        attributes=LOG["attributes"] | {"notes": [{"raw": value}]}
    ),
    "meta of a relationship": lambda value: log_with(relationships={"about": {"meta": {"a": value}}}),
    "meta of an identifier": lambda value: log_with(
        relationships={"others": {"data": [{"type": "logs", "id": "1", "meta": {"a": value}}]}}
    ),
    "meta of a link": lambda value: log_with(
        relationships={"about": {"links": {"self": {"href": "/", "meta": {"a": value}}}}}
    ),
    "resource of no class": lambda value: {"data": [{"type": "x", "id": "1", "attributes": {"a": value}}]},
    "meta": lambda value: {"data": [LOG], "meta": {"a": value}},
    "meta beside an unknown type": lambda value: {"data": [{"type": "x", "id": "1"}], "meta": {"a": value}},
    "array": lambda value: [ROW | {"Raw": value}],
    "items": lambda value: {"items": [ROW | {"Raw": value}]},
    "items' meta": lambda value: {"items": [], "a": value},
}


def nested(levels: int) -> Any:
    value: Any = 1
    for number in range(levels):
        value = [value] if number % 2 else {"a": value}
    return value


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("limit", [20, 40, 500])
def test_every_way_reads_what_is_as_deep_as_the_limit_and_no_more(place: str, limit: int) -> None:
    decoder = Decoder(CLASSES, max_depth=limit)
    shape = {"array": flat_array(Row), "items": flat_items(Row), "items' meta": flat_items(Row)}.get(place)
    around = depth(PLACES[place](nested(100))) - 100
    deepest, deeper = (json.dumps(PLACES[place](nested(limit - around + more))) for more in (0, 1))
    for strict in (False, True):
        assert decode(decoder, deepest, shape, strict=strict)
        with pytest.raises(DecodeError, match=rf"nested more than {limit} deep \(max_depth\)"):
            decode(decoder, deeper, shape, strict=strict)


def decode(decoder: Decoder, raw: bytes | str, shape: Shape[Any] | None, *, strict: bool) -> Any:
    return decoder.decode(raw, shape, strict=strict) if shape else decoder.decode(raw, strict=strict)


def test_what_no_class_declares_is_judged_when_somebody_asks_for_it_or_in_strict_mode() -> None:
    body = json.dumps(log_with(attributes=LOG["attributes"] | {"new": nested(200)}))
    decoder = Decoder(CLASSES, max_depth=100)
    made = decoder.decode(body).data[0]
    for ask in (lambda: jsonapi.extra(made), lambda: decoder.decode(body, strict=True)):
        with pytest.raises(DecodeError, match="nested more than 100 deep"):
            ask()
    assert Decoder(CLASSES, max_depth=300).decode(body, strict=True).data[0].id == "7"


# -- any bytes ---------------------------------------------------------------------------------------------

SHAPES = [None, flat_array(Visit), flat_items(Visit), flat_object(Visit)]


def check_any(raw: bytes | str) -> None:
    """Every way either gives a document or raises an error of the module."""
    for decoder in (DECODER, Decoder()):
        for strict in (False, True):
            with contextlib.suppress(jsonapi.JsonApiError):
                decoder.decode(raw, strict=strict, extensions={"my": "https://x/y"})
            for shape in SHAPES if decoder is DECODER else ():
                with contextlib.suppress(jsonapi.JsonApiError):
                    decode(decoder, raw, shape, strict=strict)


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_no_bytes_raise_anything_but_the_modules_errors(raw: bytes | str) -> None:
    check_any(raw)


@given(documents, st.data())
def test_no_mutated_document_raises_anything_but_the_modules_errors(body: Any, data: st.DataObject) -> None:
    raw = bytearray(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw)))
        raw[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=2)
            | st.sampled_from(
                [b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"1e999", b'"id":', b'"type":']
            )
        )
    check_any(bytes(raw))
