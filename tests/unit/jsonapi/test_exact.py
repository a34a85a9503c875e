"""Decimals from JSON numbers, as they are written, whichever way a document is read."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, TypedDict

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import (
    DecodeError,
    Decoder,
    Encoder,
    attribute,
    flat_array,
    flat_object,
    resource_id,
)
from depotfinity_async.jsonapi.exact import Number, exact_tree, is_exact

from .classes import Place


@attrs.define
class Rate:
    value: Decimal
    factor: float = 1.0
    free: Any = None
    next: Rate | None = None


@jsonapi.value
class Sum:
    amount: Decimal
    rates: list[Rate] = attribute(factory=list[Rate])


@jsonapi.resource("prices")
class Price:
    id: str = resource_id("id")
    amount: Decimal
    tax: Decimal | None = None
    parts: list[Sum] = attribute(factory=list[Sum])
    table: dict[str, tuple[Decimal, float]] = attribute(factory=dict[str, tuple[Decimal, float]])
    mixed: Decimal | str | list[Decimal] | None = None
    plain: float = 0.0


DECODER = Decoder([Price])
NUMBER = r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?"
# "-0" is an integer, and no integer of Python has a sign with its zero.
NUMBERS = st.from_regex(NUMBER, fullmatch=True).filter(lambda text: text != "-0")


def document(attributes: str, relationships: str) -> str:
    return (
        f'{{"data":[{{"type":"prices","id":"1","attributes":{{{attributes}}},'
        f'"relationships":{relationships}}}]}}'
    )


def both(attributes: str) -> list[Any]:
    """What the fast and the explaining way make of attributes, in a document and in a flat body."""
    fast, explaining = (document(attributes, relationships) for relationships in ("{}", "null"))
    flat = f'{{"id":"1",{attributes}}}'
    assert not DECODER.decode(fast).notes
    assert DECODER.decode(explaining).notes
    return [
        DECODER.decode(fast).data[0],
        DECODER.decode(explaining).data[0],
        DECODER.decode(f"[{flat}]", flat_array(Price)).data[0],
        DECODER.decode(flat, flat_object(Price)).data,  # single objects are always explained
    ]


@given(NUMBERS, NUMBERS)
@example("19.99", "1e-7")
@example("1" + "0" * 400, "-0.0")
@example("0.1234567890123456789012345678901234567890", "12345678901234567890.5")
def test_numbers_are_not_rounded(first: str, second: str) -> None:
    attributes = (
        f'"amount":{first},"tax":{second},"plain":{second},"mixed":[{first}],"table":{{"a":[{first},{second}]}},'
        f'"parts":[{{"amount":{first},"rates":[{{"value":{second},"factor":0.25,"free":[{second}],'
        f'"next":{{"value":{first}}}}}]}}]'
    )
    for price in both(attributes):
        exact = [price.amount, price.tax, price.mixed[0], price.table["a"][0], price.parts[0].amount]
        exact += [price.parts[0].rates[0].value, price.parts[0].rates[0].next.value]
        wanted = [Decimal(text) for text in (first, second, first, first, first, second, first)]
        assert [number.as_tuple() for number in exact] == [number.as_tuple() for number in wanted]
        assert price.plain == price.table["a"][1] == float(second)
        assert type(price.table["a"][1]) is type(price.parts[0].rates[0].factor) is float
        assert price.parts[0].rates[0].free == [json.loads(second)]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("true", "/data/0/attributes/amount: expected a decimal"),
        ("null", "/data/0/attributes/amount: expected a decimal"),
        ('"NaN"', "/data/0/attributes/amount: not a decimal number"),
        ('"1_0"', "/data/0/attributes/amount: not a decimal number"),
        ("1e-99999999999999999999", "/data/0/attributes/amount: the number is out of the range of a decimal"),
        ("1e400", "not JSON: Number out of range"),
        ("[1e400]", "not JSON: Number out of range"),
    ],
)
def test_what_is_no_decimal_is_refused_both_ways(given: str, fault: str) -> None:
    for relationships in ("{}", "null"):
        with pytest.raises(DecodeError) as caught:
            DECODER.decode(document(f'"amount":{given}', relationships))
        assert fault in str(caught.value)


def test_an_unchanged_object_has_no_changes_to_send() -> None:
    attributes = '"amount":0.12345678901234567890123,"tax":19.990,"mixed":[1e-7],"table":{"a":[1.10,1.10]}'
    encoder = Encoder([Price])
    for price in both(attributes):
        assert encoder.update(price) is None
        price.amount += 1
        body = encoder.update(price)
        assert body is not None
        assert json.loads(body)["data"]["attributes"] == {"amount": "1.12345678901234567890123"}


def test_a_number_is_a_float_that_survives_copy_and_pickle() -> None:
    (number,) = exact_tree(b"[19.990]")
    assert number == 19.99
    for copied in (copy.deepcopy(number), copy.copy(number), pickle.loads(pickle.dumps(number))):
        assert (type(copied), copied.text) == (Number, "19.990")


Amount = NewType("Amount", Decimal)


class Row(TypedDict):
    value: Decimal


@pytest.mark.parametrize(
    ("wanted", "exact"),
    [
        (Decimal, True),
        (Amount, True),
        (Annotated[Decimal, "EUR"], True),
        (Row, True),
        (Rate, True),
        (Sum, True),
        (dict[str, list[Sum] | None], True),
        (str, False),
        (Any, False),
        (Literal["a"], False),
        (Annotated[int, ["no type"]], False),
        (dict[str, list[Place]], False),
    ],
)
def test_types_that_hold_decimals(wanted: Any, exact: bool) -> None:
    assert is_exact(wanted) is exact
