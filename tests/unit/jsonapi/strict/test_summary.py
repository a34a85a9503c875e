"""What a document holds, in numbers."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from depotfinity_async.jsonapi.strict.summary import summarise

from .test_document import documents, trees


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


@given(documents | trees)
def test_any_tree(tree: Any) -> None:
    assert all(count > 0 for count in summarise(tree).types.values())
