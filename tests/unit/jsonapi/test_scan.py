"""Which resource objects have links, meta or a lid, found without a tree."""

from __future__ import annotations

from depotfinity_async.jsonapi.scan import scan


def test_says_for_each_resource_object_what_it_has() -> None:
    data = (
        b'{"data":[{"type":"a","id":"1","links":{"self":[1e999]}},'
        b'{"type":"a","id":"2","relationships":{"b":{"meta":{}}}}],'
        b'"included":[{"lid":"x","m\\u0065ta":null}],"meta":{},"links":{}}'
    )
    assert scan(data) == {
        ("data", 0): {"links"},
        ("data", 1): frozenset(),
        ("included", 0): {"lid", "meta"},
    }


def test_takes_every_form_of_primary_data() -> None:
    assert scan(b'{"data":{"meta":{}}}') == {("data",): {"meta"}}
    assert scan(b'{"data":null,"included":null,"meta":{}}') == {}
    assert scan(b'{"meta":{}}') == {}


def test_does_not_look_where_no_name_is() -> None:
    assert scan(b'{"data":[{"type":"a"}]}') == {}
