"""The golden bodies, and the shape of a body: what two bodies share that differ in their values only."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "golden"

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def load(name: str) -> Any:
    """The golden body `name`, without the ending."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def shape(body: Any) -> Any:
    """Keys in order and kinds of values; of an array, the set of its elements' shapes."""
    if isinstance(body, dict):
        return tuple((key, shape(value)) for key, value in body.items())
    if isinstance(body, list):
        return frozenset(shape(element) for element in body)
    if isinstance(body, str):
        return "time" if _TIME.fullmatch(body) else "text"
    return type(body).__name__
