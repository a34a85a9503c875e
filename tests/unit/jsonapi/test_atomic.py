"""The atomic operations extension: requests with local ids, and answers (D31, R8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from depotfinity_async.jsonapi import DecodeError, Document, DocumentErrors, Identifier, Resource
from depotfinity_async.jsonapi.atomic import ATOMIC, Operations, decode_results
from depotfinity_async.jsonapi.errors import EncodeError
from depotfinity_async.jsonapi.references import new, to, to_many
from depotfinity_async.jsonapi.strict import check

from .classes import Article, Comment, Person
from .drafts import DECODER, ENCODER, draft, ref


def person(id_: Any, name: str = "Ann") -> Person:
    return Person(id=id_, first_name=name, best_friend=to(None))


def sent(operations: Operations) -> Any:
    tree = json.loads(operations.encode())
    assert check(tree, extensions={"atomic": ATOMIC}) == []
    return tree["atomic:operations"]


def test_resources_are_added_with_references_between_them_r2() -> None:
    operations = ENCODER.operations()
    ann = person(new("p"))
    comment = Comment(id=new("c"), body="x", author=to(ann))
    operations.add(ann, href="/people")
    operations.add(comment)
    article = Article(id="1", title="T", author=to(ann), comments=to_many(comment), lead=to(None))
    operations.add(article)
    assert len(operations) == 3
    first, second, third = sent(operations)
    assert (first["op"], first["href"], first["data"]["lid"]) == ("add", "/people", "p")
    assert second["data"]["relationships"]["author"] == {"data": {"type": "people", "lid": "p"}}
    assert third["data"]["relationships"]["comments"] == {"data": [{"type": "comments", "lid": "c"}]}


def test_changes_and_removal_r8() -> None:
    operations = ENCODER.operations()
    article = draft(author=ref("people", "1"), readers=[ref("people", "1")])
    assert operations.update(article) is False
    article.title = "B"
    assert operations.update(article) is True
    operations.remove(Identifier("people", "9", {"n": 1}))
    operations.remove(article)
    assert sent(operations) == [
        {"op": "update", "data": {"type": "drafts", "id": "1", "attributes": {"title": "B"}}},
        {"op": "remove", "ref": {"type": "people", "id": "9"}},
        {"op": "remove", "ref": {"type": "drafts", "id": "1"}},
    ]


def test_relationships_r7() -> None:
    operations = ENCODER.operations()
    article = draft(author=ref("people", "1"), readers=[])
    article.about = to(None)
    ann = person(new("p"))
    operations.add(ann)
    operations.replace_relationship(article, "author")
    operations.replace_relationship(article, "about")
    operations.add_to_relationship(article, "readers", [ann])
    operations.remove_from_relationship(article, "readers", [Identifier("people", "1")])
    at = {"type": "drafts", "id": "1"}
    assert sent(operations)[1:] == [
        {"op": "update", "ref": {**at, "relationship": "author"}, "data": ref("people", "1")},
        {"op": "update", "ref": {**at, "relationship": "about-what"}, "data": None},
        {"op": "add", "ref": {**at, "relationship": "readers"}, "data": [{"type": "people", "lid": "p"}]},
        {"op": "remove", "ref": {**at, "relationship": "readers"}, "data": [ref("people", "1")]},
    ]


def test_operations_are_taken_as_they_are_at_the_call() -> None:
    operations = ENCODER.operations()
    ann = person("1")
    operations.add(ann)
    ann.first_name = "Bea"
    assert sent(operations)[0]["data"]["attributes"]["firstName"] == "Ann"


class TestRefused:
    def test_no_operation_r8(self) -> None:
        with pytest.raises(EncodeError, match=r"/atomic:operations: holds no operation \[R8\]"):
            ENCODER.operations().encode()

    def test_a_local_id_that_nobody_adds_r2(self) -> None:
        ann = person(new("p"))
        builds: dict[str, Callable[[Operations], None]] = {
            "0/data/relationships/author/data": lambda o: o.add(Comment(id="1", body="", author=to(ann))),
            "0/ref": lambda o: o.remove(ann),
            "0/data": lambda o: o.add_to_relationship(draft(readers=[]), "readers", [ann]),
        }
        for place, build in builds.items():
            operations = ENCODER.operations()
            build(operations)
            with pytest.raises(EncodeError, match=rf"/atomic:operations/{place}: .*people/p.*\[R2\]"):
                operations.encode()
            operations.add(ann)
            operations.encode()

    def test_one_local_id_for_two_resources_d10(self) -> None:
        operations = ENCODER.operations()
        operations.add(person(new("p")))
        with pytest.raises(EncodeError, match=r"/1/data/lid: another people is added with .*'p' \[D10\]"):
            operations.add(person(new("p")))
        operations.add(Comment(id=new("p"), body="", author=to(None)))
        assert len(sent(operations)) == 2

    def test_a_new_resource_without_a_name_d16(self) -> None:
        with pytest.raises(EncodeError, match=r"operations/0/ref: Person: .*neither id nor lid.*\[D16\]"):
            ENCODER.operations().remove(person(new()))

    def test_faults_have_their_place_in_the_document(self) -> None:
        operations = ENCODER.operations()
        operations.add(person("1"))
        with pytest.raises(EncodeError, match=r"/atomic:operations/1/data/attributes/a: a: no rule"):
            operations.add(Resource(type="t", id="1", attributes={"a": b""}))


def read(body: Any, expected: int | None = None) -> Document[list[Document[Any]]]:
    return decode_results(json.dumps(body), DECODER.decode, expected=expected)


def faults(body: Any, expected: int | None = None) -> list[str]:
    with pytest.raises(DecodeError) as caught:
        read(body, expected)
    return [str(fault) for fault in caught.value.faults]


class TestResults:
    def test_one_document_for_each_operation_d31(self) -> None:
        body = {
            "atomic:results": [
                {"data": ref("people", "1", attributes={"firstName": "Ann"}), "included": 3, "errors": []},
                {},
                {"meta": {"n": 1}},
                {"data": None},
            ],
            "meta": {"took": 10**25},
            "links": {"self": "/operations"},
            "jsonapi": {"ext": [ATOMIC]},
        }
        document = read(body, expected=4)
        first, second, third, fourth = document.data
        assert isinstance(first.data, Person)
        assert (first.data.first_name, second.data, third.meta, fourth.data) == ("Ann", None, {"n": 1}, None)
        assert document.meta == {"took": 10**25}
        assert document.links["self"] is not None
        assert document.jsonapi == {"ext": [ATOMIC]}

    def test_what_was_answered_can_be_changed(self) -> None:
        document = read({"atomic:results": [{"data": ref("people", "1", attributes={"firstName": "Ann"})}]})
        ann = document.data[0].data
        assert ENCODER.update(ann) is None
        ann.nick = "x"
        assert ENCODER.update(ann) is not None

    def test_errors(self) -> None:
        document = read({"errors": [{"status": "422", "source": {"pointer": "/atomic:operations/0"}}]}, 1)
        assert document.data == []
        with pytest.raises(DocumentErrors, match="422"):
            document.raise_for_errors()

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ([], ["(document): expected an object, got an array [D1]"]),
            ({}, ["/atomic:results: is missing [D31]"]),
            ({"atomic:results": {}}, ["/atomic:results: expected an array, got an object [D31]"]),
            ({"atomic:results": []}, ["/atomic:results: 0 results for 2 operations [D31]"]),
            ({"atomic:results": [3, None]}, [
                "/atomic:results/0: expected an object, got an integer [D31]",
                "/atomic:results/1: expected an object, got null [D31]",
            ]),
            ({"atomic:results": [{}, {}], "data": None, "atomic:operations": []}, [
                "/data: may not stand beside atomic:results [D31]",
                "/atomic:operations: may not stand beside atomic:results [D31]",
            ]),
            ({"atomic:results": [{}, {}], "errors": []}, [
                "/errors: may not stand beside atomic:results [D31]",
            ]),
            ({"atomic:results": [{}, {"data": {"type": "x"}}], "meta": 3}, [
                "/atomic:results/1/data/id: a resource object needs a string 'id': it is missing [D8]",
            ]),
        ],
    )  # fmt: skip
    def test_faults_name_place_and_rule(self, body: Any, expected: list[str]) -> None:
        assert faults(body, 2) == expected

    @pytest.mark.parametrize(
        "raw", [b"", b"{", b"\xff", b"[" * 100_000, b'{"atomic:results":' + b"[" * 99_999]
    )
    def test_what_is_no_json(self, raw: bytes) -> None:
        with pytest.raises(DecodeError):
            decode_results(raw, DECODER.decode)


@pytest.mark.parametrize("href", ["a b", "/people\n", "/{id}", "http://[x"])
def test_an_address_that_is_no_reference_is_refused_r8(href: str) -> None:
    operations = ENCODER.operations()
    with pytest.raises(EncodeError, match=r"/atomic:operations/0/href: not a URI reference .* \[R8\]"):
        operations.add(person(new()), href=href)
    assert len(operations) == 0
