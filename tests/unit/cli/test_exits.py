import pytest

from depotfinity_async import errors
from depotfinity_async.cli import exits

LISTED = [getattr(errors, name) for name in errors.__all__]
CLASSES = [kind for kind in LISTED if issubclass(kind, errors.DepotFinityError)]


def test_every_class_of_the_tree_has_a_code_of_its_own() -> None:
    assert set(exits.CODES) == set(CLASSES)
    assert [kind for kind in LISTED if kind not in CLASSES] == [errors.AssumptionWarning]
    assert len(set(exits.CODES.values())) == len(exits.CODES)
    taken = {0, exits.INTERRUPTED, exits.BROKEN_PIPE, 143}
    assert not taken & set(exits.CODES.values())


@pytest.mark.parametrize("kind", CLASSES)
def test_table_tells_the_code_of_every_class(kind: type[errors.DepotFinityError]) -> None:
    lines = exits.TABLE.splitlines()
    if kind is errors.DepotFinityError:
        assert any(line.startswith("  1  unexpected") for line in lines)
        return
    (line,) = [line for line in lines if line.endswith(f" {kind.__name__}")]
    assert int(line.split()[0]) == exits.code_of(kind)


def test_class_of_a_user_has_the_code_of_its_nearest_base() -> None:
    class Gone(errors.NotFoundError):
        pass

    assert exits.code_of(Gone) == exits.CODES[errors.NotFoundError]
