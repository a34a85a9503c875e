import copy
import pickle
import re

import pytest

from depotfinity_async import errors

CLASSES = [getattr(errors, name) for name in errors.__all__ if name != "AssumptionWarning"]
STATUS_CLASSES = [kind for kind in CLASSES if issubclass(kind, errors.StatusError)]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    stack: list[str] = []
    drawn: dict[str, str | None] = {}
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([│ ]*)(?:├── |└── )?(\w+Error)\b", line):
            depth = line.index(match[2]) // 4
            stack[depth:] = [match[2]]
            drawn[match[2]] = stack[depth - 1] if depth else None
    assert set(drawn) == {kind.__name__ for kind in CLASSES}
    for name, parent in drawn.items():
        base = getattr(errors, name).__mro__[1].__name__
        assert base == ("Exception" if parent is None else parent)


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("again", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_errors_survive_pickle_and_copy(kind: type[errors.DepotFinityError], again: object) -> None:
    values: dict[str, object] = {"operation": "things.get", "attempts": 3, "maybe_processed": True}
    if kind in STATUS_CLASSES:
        values |= {
            "status": 429,
            "code": "slow",
            "message": "Slow down",
            "headers": {"retry-after": "7"},
            "retry_after": 7.0,
            "body": b"{}",
        }
    if kind is errors.DeadlineError:
        values["retry_after"] = 12.5
    if kind is errors.UnexpectedResponseError:
        values |= {"status": 302, "body": b"x"}
    error = kind("What happened. What to do.", **values)  # type: ignore[arg-type]  # one table for all signatures
    twin = again(error)  # type: ignore[operator]  # the three ways have no common type
    assert type(twin) is kind
    assert str(twin) == "What happened. What to do."
    assert twin.args == error.args
    assert vars(twin) == vars(error) == values


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_can_be_made_of_a_text_alone(kind: type[errors.DepotFinityError]) -> None:
    error = kind("Text.")
    assert (error.operation, error.attempts, error.maybe_processed) == (None, 0, False)
    assert repr(error) == f"{kind.__name__}('Text.')"


def test_what_is_only_assumed_is_a_warning() -> None:
    assert issubclass(errors.AssumptionWarning, UserWarning)
    assert not issubclass(errors.AssumptionWarning, errors.DepotFinityError)


def test_two_errors_are_also_what_python_calls_them() -> None:
    assert issubclass(errors.DeadlineError, TimeoutError)
    assert issubclass(errors.InvalidArgumentError, ValueError)
    assert not issubclass(errors.ConfigurationError, ValueError)


def test_headers_of_an_error_are_its_own() -> None:
    headers = {"a": "1"}
    error = errors.StatusError("Text.", headers=headers)
    headers["a"] = "2"
    assert error.headers == {"a": "1"}
