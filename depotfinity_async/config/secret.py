"""A text that must not be seen.

It keeps secrets out of `repr`, logs and pickles; it doesn't protect memory.
"""

from typing import NoReturn

__all__ = ["Secret"]


class Secret:
    """A text that `repr` and `str` hide and that pickle and copy refuse.

    Args:
        value: the text to hide; `reveal()` gives it back.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The hidden text. Use it where it is sent, and keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return "'**********'"

    def __str__(self) -> str:
        return "**********"

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret can't be pickled or copied: hand over the name of its file instead")
