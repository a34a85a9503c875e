"""What the default mode takes although it breaks the standard, and what it does not guess."""

import json
from typing import Any

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, Encoder, State


@jsonapi.resource("notes")
class Note:
    id: str
    text: str = ""
    author: jsonapi.ToOne["Note"]
    replies: jsonapi.ToMany["Note"]


def test_an_object_made_by_hand_needs_no_relationships() -> None:
    made = Note(id="1")  # type: ignore[call-arg]  # type checkers ask for what has no relationship()
    assert made.author.state is made.replies.state is State.NOT_LOADED


BOTH = [Decoder(), Decoder([Note])]


def note(**members: Any) -> dict[str, Any]:
    return {"data": {"type": "notes", "id": "1", **members}}


def decode(decoder: Decoder, body: Any) -> Any:
    return decoder.decode(json.dumps(body))


def told(decoder: Decoder, body: Any) -> list[str]:
    with pytest.raises(DecodeError) as refused:
        decode(decoder, body)
    return [f"{fault.pointer} {fault.rule}" for fault in refused.value.faults]


@pytest.mark.parametrize("decoder", BOTH)
@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"data": {}}, ["/data/type D7", "/data/id D8"]),
        ({"data": [{}]}, ["/data/0/type D7", "/data/0/id D8"]),
        ({"data": None, "included": [{}]}, ["/included/0/type D7", "/included/0/id D8"]),
        ({"data": None, "included": [None]}, ["/included/0 D17"]),
        ({"data": ["x"]}, ["/data/0 D6"]),
        (
            note(relationships={"author": {"data": {}}}),
            ["/data/relationships/author/data/type D16", "/data/relationships/author/data/id D16"],
        ),
        (note(relationships={"author": {"data": "x"}}), ["/data/relationships/author/data D15"]),
    ],
)
def test_what_names_no_resource_is_a_fault_and_does_not_vanish(
    decoder: Decoder, body: Any, faults: list[str]
) -> None:
    assert told(decoder, body) == faults


def test_empty_linkage_of_the_other_kind_is_read_as_empty_and_changes_nothing() -> None:
    body = note(relationships={"author": {"data": []}, "replies": {"data": None}})
    document = decode(BOTH[1], body)
    assert (document.data.author.state, document.data.replies.state) == (State.EMPTY, State.EMPTY)
    assert [(found.pointer, found.rule) for found in document.notes] == [
        ("/data/relationships/author/data", "D15"),
        ("/data/relationships/replies/data", "D15"),
    ]
    assert Encoder([Note]).update(document.data) is None


def test_members_that_belong_to_nobody_are_no_fields() -> None:
    body = note(
        attributes={"text": "a", "more": 1, "@context": 2, "ext:x": 3},
        relationships={"@note": {"data": None}, "ext:y": "z"},
        links={"@x": "/", "ext:l": 5, "self": "/notes/1"},
    )
    resource = decode(BOTH[0], body).data
    assert resource.attributes == {"text": "a", "more": 1}
    assert resource.relationships == {}
    assert list(resource.links) == ["self"]
    mapped = decode(BOTH[1], body).data
    assert jsonapi.extra(mapped) == {"more": 1}
    assert jsonapi.relationships(mapped).keys() == {"author", "replies"}


def test_a_document_of_extension_members_alone_is_read_and_noted() -> None:
    document = decode(BOTH[0], {"version:id": "3"})
    assert document.data is None
    assert [found.rule for found in document.notes] == ["D2"]
    assert told(BOTH[0], {"version": 3}) == [" D2"]


@pytest.mark.parametrize("many", [False, True])
def test_the_whole_resource_counts_where_primary_data_only_names_it(many: bool) -> None:
    named = {"type": "people", "id": "1", "meta": {"role": "x"}}
    whole = {"type": "people", "id": "1", "attributes": {"name": "Ann"}}
    other = {"type": "people", "id": "2"}
    document = decode(BOTH[0], {"data": [named, other] if many else named, "included": [whole]})
    first = document.data[0] if many else document.data
    assert first is document.included[0]
    assert first.attributes == {"name": "Ann"}
    assert [(found.pointer, found.rule) for found in document.notes] == [
        ("/data/0/meta" if many else "/data/meta", "D10")
    ]
    if many:
        assert document.data[1].id == "2"


def test_errors_of_careless_services_are_kept() -> None:
    document = decode(BOTH[0], {"errors": ["Forbidden", {"status": 404, "code": 7}], "data": {"x": 1}})
    text, numbers = document.errors
    assert text.detail == "Forbidden"
    assert (numbers.status, numbers.code) == ("404", "7")
    assert [found.rule for found in document.notes] == ["D3", "D27", "D27", "D27"]
    assert document.data is None


def test_every_member_of_a_link_is_kept() -> None:
    link = {
        "href": "/a",
        "hreflang": ["en", 5, "de"],
        "describedby": {"href": "/schema", "title": "Schema", "describedby": {"href": "/deeper"}},
    }
    expected = jsonapi.Link(
        href="/a", hreflang=("en", "de"), describedby=jsonapi.Link(href="/schema", title="Schema")
    )
    plain = {"href": "/a", "hreflang": "en", "describedby": "/schema"}
    body = note(relationships={"author": {"links": {"related": link}}}, links={"self": link})
    body["links"] = {"self": link, "related": plain}
    for decoder in BOTH:
        document = decode(decoder, body)
        author = jsonapi.relationships(document.data)["author"]
        assert author.links == {"related": expected}
        assert jsonapi.links(document.data) == {"self": expected}
        assert document.links["self"] == expected
        assert document.links["related"] == jsonapi.Link(
            href="/a", hreflang=("en",), describedby=jsonapi.Link(href="/schema")
        )


@pytest.mark.parametrize("decoder", BOTH)
def test_members_of_applied_extensions_are_reached(decoder: Decoder) -> None:
    body = json.dumps({**note(), "version:id": "3", "other:x": 1, "@y": 2})
    document = decoder.decode(body, extensions={"version": "https://ext.example/version"})
    assert document.extensions == {"version:id": "3"}
    assert decoder.decode(body).extensions == {}


def test_a_strict_document_may_hold_nothing_else() -> None:
    document = BOTH[0].decode(
        b'{"version:id": "3"}', strict=True, extensions={"version": "https://ext.example/version"}
    )
    assert (document.data, document.extensions) == (None, {"version:id": "3"})


def test_strict_faults_come_in_the_order_of_the_document() -> None:
    with pytest.raises(DecodeError) as refused:
        BOTH[0].decode(b'{"meta": 5, "data": {"type": "a", "id": "1", "id": "2"}, "jsonapi": 3}', strict=True)
    assert [fault.pointer for fault in refused.value.faults] == ["/meta", "/data/id", "/jsonapi"]


def test_of_linkage_that_repeats_each_mention_keeps_its_meta() -> None:
    first, second = ({"type": "people", "id": "1", "meta": {"role": role}} for role in ("x", "y"))
    document = decode(BOTH[0], {"data": [first, second, {"type": "people", "id": 2}]})
    assert document.data == [jsonapi.Identifier("people", id_) for id_ in "112"]
    assert [each.meta for each in document.data] == [{"role": "x"}, {"role": "y"}, {}]
    assert [found.rule for found in document.notes] == ["D16"]


@pytest.mark.parametrize("beside", [{}, {"jsonapi": "a text forces the explaining way"}])
def test_linkage_of_a_class_whose_attributes_have_defaults_is_mapped_in_all_ways(beside: Any) -> None:
    named, whole = {"type": "notes", "id": "1"}, {"type": "notes", "id": "1", "attributes": {"text": "x"}}
    document = decode(BOTH[1], {"data": [named, named], "included": [whole], **beside})
    first, second = document.data
    assert first is second is document.included[0]
    assert first.text == ""
    assert [found.pointer for found in document.notes if found.rule == "D10"] == ["/data/1", "/included/0"]


@pytest.mark.parametrize(
    ("author", "replies"),
    [
        ({"type": "notes", "id": 1}, [{"type": "notes", "id": 7}]),
        ({"type": "notes", "id": "1", "meta": "NaN"}, [{"type": "notes", "id": "7", "meta": []}]),
        ({"type": "notes", "id": "1", "lid": "a"}, [{"type": "notes", "id": "7", "lid": 5}]),
        ({"type": "notes", "lid": "1", "more": 1}, [{"type": "notes", "id": "7", "@x": 5}]),
    ],
)
def test_careless_identifiers_are_no_change(author: Any, replies: Any) -> None:
    relationships = {"author": {"data": author}, "replies": {"data": replies}}
    mapped = decode(BOTH[1], note(relationships=relationships)).data
    assert Encoder([Note]).update(mapped) is None


def test_an_error_without_members_is_noted() -> None:
    document = decode(BOTH[0], {"errors": [{}, {"message": "no"}, {"meta": {}}]})
    assert [(found.pointer, found.rule) for found in document.notes] == [
        ("/errors/0", "D27"),
        ("/errors/1", "D27"),
    ]


def test_a_resource_of_a_class_that_is_false_is_linked_all_the_same() -> None:
    @jsonapi.resource("boxes")
    class Box:
        id: str
        next: jsonapi.ToOne["Box"]
        others: jsonapi.ToMany["Box"]

        def __bool__(self) -> bool:
            return False

    itself = {"type": "boxes", "id": "1"}
    box = decode(
        Decoder([Box]),
        {
            "data": {**itself, "relationships": {"next": {"data": itself}, "others": {"data": [itself]}}},
            "jsonapi": "a text forces the explaining way",
        },
    ).data
    assert box.next.get() is box.others[0] is box
