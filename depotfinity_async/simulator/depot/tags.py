"""The RFID tags the backend knows: one for each driver from the seed, and those that are imported."""

from collections.abc import Sequence
from random import Random

import attrs


@attrs.define
class Tag:
    """One tag. `driver_id` is None for an imported tag: nobody has said whose it is."""

    value: str
    driver_id: str | None
    enabled: bool = True


class Tags:
    """The register of tags; the drivers' tags are 8 hex digits.

    Args:
        seed: same seed, same tags.
        drivers: ids of the drivers.
    """

    def __init__(self, seed: int, drivers: Sequence[str]) -> None:
        random = Random(f"{seed}/tags")
        # A sample holds no value twice.
        values = random.sample(range(16**8), len(drivers))
        self._tags: dict[str, Tag] = {}
        self._of_driver: dict[str, Tag] = {}
        for driver, number in zip(drivers, values, strict=True):
            tag = Tag(f"{number:08X}", driver)
            self._tags[tag.value] = self._of_driver[driver] = tag

    def get(self, value: str) -> Tag | None:
        """The tag, whether or not it is enabled; None when it is not known."""
        return self._tags.get(value)

    def of_driver(self, driver_id: str) -> Tag:
        """The tag of a driver of the depot."""
        return self._of_driver[driver_id]

    def may_charge(self, value: str) -> bool:
        """Whether the tag is known and enabled."""
        tag = self._tags.get(value)
        return tag is not None and tag.enabled

    def add(self, values: Sequence[str]) -> None:
        """Import tags that are not known yet; they are enabled."""
        self._tags |= {value: Tag(value, None) for value in values}
