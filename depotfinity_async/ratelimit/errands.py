"""What a shared budget and its courier say to each other; nothing happens here. All times are whole ms."""

import attrs

from depotfinity_async.ratelimit.shapes import Reply
from depotfinity_async.ratelimit.stores.store import StoreError


@attrs.frozen
class Rule:
    """What all processes of a budget keep to; times in ms. See `Budget`."""

    limit: int
    window: int
    grace: int
    lease: int
    smooth: bool


@attrs.frozen
class Want:
    """How many wait in each lane, and what they must leave free."""

    lanes: list[list[int]]


@attrs.frozen
class Ended:
    """A slot was given back or used; see `Request`."""

    number: int
    outcome: str
    moment: int
    wait: int


@attrs.frozen
class Told:
    """The service announced its limit."""

    moment: int
    told: dict[str, int]


@attrs.frozen
class Held:
    """The user asked for a hold."""

    until: int
    reason: str


@attrs.frozen
class Taken:
    """A slot was used that the store did not grant, as it was away."""

    number: int
    moment: int


@attrs.frozen
class Leave:
    """The process needs the budget no more."""


@attrs.frozen
class News:
    """A reply, and when it came; the slots it granted are numbered from `first`."""

    moment: int
    reply: Reply
    first: int


@attrs.frozen
class Away:
    """The store is out of reach.

    returns: when the slots come back that this process may use meanwhile.
    spaced: whether it has to go slowly.
    """

    error: StoreError
    returns: list[int]
    spaced: bool


@attrs.frozen
class Back:
    """The store is there again; what it grants from now on counts."""


Errand = Want | Ended | Told | Held | Taken | Leave
Message = News | Away | Back
