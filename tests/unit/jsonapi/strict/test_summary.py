"""What a document holds, in numbers."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import Decoder, NotIncludedError
from depotfinity_async.jsonapi.strict.summary import summarise

from .test_document import documents, trees

MENTIONS = st.fixed_dictionaries(
    {"type": st.sampled_from(["songs", "bands"])},
    optional={"id": st.sampled_from(["1", "2", 1, 2]), "lid": st.sampled_from(["1", "a"])},
).filter(lambda mention: len(mention) > 1)
"""Identifiers that the decoder takes: by id, by an integer for one, by lid, by both."""


def test_resources_by_type_and_references_without_target() -> None:
    body = {
        "data": [
            {
                "type": "songs",
                "id": "1",
                "relationships": {
                    "band": {"data": {"type": "bands", "id": "1"}},
                    "next": {"data": [{"type": "songs", "id": "1"}, {"type": "songs", "id": "2"}]},
                    "draft": {"data": {"type": "songs", "lid": "1"}},
                    "cover": {"links": {"self": "/c"}},
                    "odd": None,
                    "numbered": {"data": {"type": 7, "id": "7"}},
                },
            }
        ],
        "included": [{"type": "bands", "id": "1"}, {"type": "bands", "id": "2"}, {"id": "3"}, 7],
    }
    summary = summarise(body)
    assert summary.types == {"bands": 2, "songs": 1}
    assert summary.unresolved == (
        (("songs", "id", "2"), ("data", 0, "relationships", "next", "data", 1)),
        (("songs", "lid", "1"), ("data", 0, "relationships", "draft", "data")),
    )


@given(st.lists(MENTIONS, max_size=6), st.lists(MENTIONS, max_size=4))
def test_references_lead_where_the_decoder_leads_them(targets: list[Any], others: list[Any]) -> None:
    relationships = {"next": {"data": targets}, "@x": {"data": [{"type": "lost", "id": "1"}]}}
    tree = {
        "data": {"type": "songs", "id": "1", "relationships": relationships},
        "included": [mention | {"attributes": {}} for mention in others],
    }
    linked = Decoder().decode(json.dumps(tree)).data.relationships["next"]
    lost: list[int] = []
    for number in range(len(targets)):
        try:
            linked[number]
        except NotIncludedError:
            lost.append(number)
    assert [path[-1] for _, path in summarise(tree).unresolved] == lost


@given(documents | trees)
def test_any_tree(tree: Any) -> None:
    assert all(count > 0 for count in summarise(tree).types.values())
