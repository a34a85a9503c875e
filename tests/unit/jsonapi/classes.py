"""Mapped classes that the tests of the mapper share: a blog, and a depot's flat bodies."""

from __future__ import annotations

from datetime import datetime

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, ToMany, ToOne, attribute, foreign_key, resource_id


@jsonapi.resource("people")
class Person:
    id: str
    first_name: str = attribute("firstName")
    nick: str | None = None
    best_friend: ToOne[Person] = attribute("best-friend")


@jsonapi.resource("comments")
class Comment:
    id: str
    body: str
    author: ToOne[Person]


@jsonapi.resource("videos")
class Video:
    id: str
    seconds: int


@jsonapi.resource("articles")
class Article:
    id: str
    title: str
    author: ToOne[Person]
    comments: ToMany[Comment]
    lead: ToOne[Video | Comment]


BLOG = [Article, Person, Comment, Video]


class Colour(OpenEnum):
    RED = "red"
    GREEN = "green"


@jsonapi.value
class Place:
    x: float
    label: str | None = None


@jsonapi.resource("stations")
class Station:
    id: str = resource_id("StationID")


@jsonapi.resource("plugs")
class Plug:
    id: str


@jsonapi.resource("visits")
class Visit:
    """Everything a flat body can hold."""

    id: int = resource_id("VisitID")
    station: ToOne[Station] = foreign_key("StationID")
    plug: ToOne[Plug] = foreign_key("PlugNo", parent="station")
    before: ToOne[Visit] = foreign_key("BeforeID")
    at: datetime = attribute("At")
    until: datetime | None = attribute("Until", default=None)
    energy: float | None = attribute("Energy", default=None)
    rounds: int = attribute("Rounds", default=1)
    colour: Colour | None = attribute("Colour", default=None)
    shade: Colour = attribute("Shade", default=Colour.RED)
    open: bool | None = attribute("Open", default=None)
    tags: list[str] = attribute("Tags", factory=list[str])
    places: list[Place] = attribute("Places", factory=list[Place])
    mixed: str | int | float | None = attribute("Mixed", default=None)


FLAT = [Visit, Station, Plug]
