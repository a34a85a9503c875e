"""What `from depotfinity_async import jsonapi` offers, and strict mode through the decoder."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, flat_array

from .classes import BLOG, FLAT, Visit


@pytest.mark.parametrize("name", jsonapi.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(jsonapi, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Decode'"):
        _ = jsonapi.Decode


def test_reading_loads_no_writer() -> None:
    program = "from depotfinity_async.jsonapi import Decoder\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "depotfinity_async.jsonapi.decoder" in loaded
    assert not {f"depotfinity_async.jsonapi.{name}" for name in ("encode", "query", "atomic")} & loaded


class TestStrict:
    def test_reports_all_faults_that_default_mode_overlooks(self) -> None:
        body = json.dumps(
            {
                "data": {"type": "people", "id": "1", "attributes": {"firstName": "Ann"}},
                "included": [{"type": "people", "id": "2", "attributes": {"firstName": "Dan"}}],
                "links": {"self": 3},
            }
        )
        decoder = Decoder(BLOG)
        assert decoder.decode(body).data.first_name == "Ann"
        with pytest.raises(DecodeError) as caught:
            decoder.decode(body, strict=True)
        assert {(fault.pointer, fault.rule) for fault in caught.value.faults} == {
            ("/included/0", "D18"),
            ("/links/self", "D20"),
        }
        with pytest.raises(DecodeError) as caught:
            decoder.decode(body, strict=True, sparse=True)
        assert [fault.rule for fault in caught.value.faults] == ["D20"]

    def test_takes_a_right_document(self) -> None:
        body = '{"data":{"type":"people","id":"1","attributes":{"firstName":"Ann"}},"version:id":1}'
        document = Decoder(BLOG).decode(body, strict=True, extensions={"version": "https://example.org/v"})
        assert document.data.id == "1"

    def test_finds_a_member_that_stands_twice_in_a_flat_body(self) -> None:
        body = '[{"VisitID":1,"VisitID":2,"At":"2022-11-22T19:54:10Z"}]'
        decoder = Decoder(FLAT)
        assert decoder.decode(body, flat_array(Visit)).data[0].id == 2
        with pytest.raises(DecodeError, match="/0/VisitID"):
            decoder.decode(body, flat_array(Visit), strict=True)
