import copy
import logging
import pickle

import pytest

from depotfinity_async.config import Secret


def test_it_hides_its_text() -> None:
    secret = Secret("CANARY")
    texts = [repr(secret), str(secret), f"{secret}", f"{secret!r}", f"{[secret]}"]
    assert all("CANARY" not in text for text in texts)
    assert logging.Formatter().format(logging.makeLogRecord({"msg": "%s", "args": (secret,)})) == "**********"
    assert secret.reveal() == "CANARY"


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled_or_copied(way: object) -> None:
    with pytest.raises(TypeError, match="can't be pickled"):
        way(Secret("CANARY"))  # type: ignore[operator]  # the three ways have no common type


def test_equal_texts_are_equal_secrets() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
