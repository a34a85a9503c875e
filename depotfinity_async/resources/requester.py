"""What all resource methods share: from the name of an operation to a decoded document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Generic, TypeVar

import attrs
import msgspec

from depotfinity_async import jsonapi
from depotfinity_async.errors import BadRequestError, InvalidArgumentError
from depotfinity_async.http import Call, Lane, Transport, expand
from depotfinity_async.models.acknowledgement import Acknowledgement, AcknowledgementBody

from .decoding import decoded, decoder, is_json_api
from .packages import Packages
from .parameters import Query
from .paths import ENDPOINTS

T = TypeVar("T")
C = TypeVar("C")

JSON_API_FIRST = "application/vnd.api+json, application/json;q=0.5"
"""Accept of a client that asks for JSON:API; most endpoints of the service may not have it."""


@attrs.frozen
class Written(Generic[T]):
    """An answer to a write: its HTTP status, and what its body held; None: the body was empty."""

    status: int
    data: T | None
    attempts: int
    refusal: BadRequestError | None = None
    """Of an answer with status 400 whose body is of the declared shape, where the operation has such."""


@attrs.frozen
class Requester:
    """Sends one operation and decodes its answer."""

    transport: Transport
    templates: Mapping[str, str]
    deadline: float | None = None
    lane: Lane | None = None
    """Of all calls; None: reads are polls, writes are commands."""
    packages: Packages = attrs.field(factory=Packages)
    """Tells what to do when an API is refused."""
    json_api: bool = False
    """Whether calls ask for JSON:API documents. What comes is read as what it is."""
    identity: jsonapi.IdentityMap | None = None
    """Where resources of one type and id become one object; None: every document stands alone."""

    async def read(
        self,
        operation: str,
        shape: jsonapi.Shape[T],
        *,
        values: Mapping[str, str | int] | None = None,
        query: Query = (),
        identity: jsonapi.IdentityMap | None = None,
        advice_if_refused: str | None = None,
    ) -> jsonapi.Document[T]:
        """Ask for an operation's resources; they become objects of the ``identity`` map, if there is one."""
        call = self._reading(operation, values, query, advice_if_refused)
        return decoded(call, await self.transport.send(call), shape, identity)

    async def read_records(
        self,
        operation: str,
        shape: jsonapi.Shape[list[T]],
        owner: type[C],
        *,
        values: Mapping[str, str | int],
        query: Query,
    ) -> list[T] | C:
        """Ask for records without identity: a list of them, or the ``owner`` that a JSON:API document has."""
        call = self._reading(operation, values, query, None)
        reply = await self.transport.send(call)
        if is_json_api(reply):
            return decoded(call, reply, jsonapi.flat_object(owner)).data
        return decoded(call, reply, shape).data

    def include(self, resource: type[object], paths: Sequence[str]) -> str | None:
        """The value of the parameter ``include``; None: there is nothing to ask for.

        Raises :class:`InvalidArgumentError` for a path that leads nowhere, and without the setting for it.
        """
        if not paths:
            return None
        if not self.json_api:
            raise InvalidArgumentError(
                "include is for JSON:API documents: make the client with "
                "media_type='application/vnd.api+json' (or set DEPOTFINITY_MEDIA_TYPE)."
            )
        try:
            asked = jsonapi.Query(resource).include(*([paths] if isinstance(paths, str) else paths))
        except jsonapi.QueryError as error:
            raise InvalidArgumentError(str(error)) from None
        return dict(asked.pairs())["include"]

    def _reading(
        self,
        operation: str,
        values: Mapping[str, str | int] | None,
        query: Query,
        advice_if_refused: str | None,
    ) -> Call:
        endpoint = ENDPOINTS[operation]
        return Call(
            operation=operation,
            method=endpoint.method,
            path=expand(self.templates[operation], values or {}),
            query=query,
            accept=self._accept,
            repeatable=endpoint.repeatable,
            deadline=self.deadline,
            lane=self.lane or "poll",
            advice_if_forbidden=self.packages.advice(operation),
            advice_if_refused=advice_if_refused,
        )

    @property
    def _accept(self) -> str:
        return JSON_API_FIRST if self.json_api else "application/json"

    async def write(
        self,
        operation: str,
        shape: jsonapi.Shape[T],
        *,
        body: Mapping[str, object] | None = None,
        values: Mapping[str, str | int] | None = None,
        may_refuse: bool = False,
    ) -> Written[T]:
        """Send a change.

        ``may_refuse``: a 400 whose body is of the ``shape`` is an answer of the operation, not a fault.
        An empty body is an answer too, as with 204. Raises :class:`InvalidArgumentError` for a ``body`` that
        JSON has no way to write.
        """
        try:
            encoded = None if body is None else msgspec.json.encode(body)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidArgumentError(
                f"{operation}: the body cannot be written as JSON: {error}", operation=operation
            ) from None
        endpoint = ENDPOINTS[operation]
        call = Call(
            operation=operation,
            method=endpoint.method,
            path=expand(self.templates[operation], values or {}),
            body=encoded,
            # The vendor's examples have it on every write, also on those without a body.
            content_type="application/json",
            accept=self._accept,
            repeatable=endpoint.repeatable,
            deadline=self.deadline,
            lane=self.lane or "command",
            advice_if_forbidden=self.packages.advice(operation),
        )
        try:
            reply = await self.transport.send(call)
        except BadRequestError as error:
            if not may_refuse or error.status != HTTPStatus.BAD_REQUEST:
                raise
            try:
                told = decoder().decode(error.body, shape).data
            except jsonapi.DecodeError:
                raise error from None
            return Written(error.status, told, error.attempts, error)
        data = decoded(call, reply, shape).data if reply.body.strip() else None
        return Written(reply.status, data, reply.attempts)

    async def acknowledged(
        self,
        operation: str,
        *,
        body: Mapping[str, object] | None = None,
        values: Mapping[str, str | int] | None = None,
    ) -> Acknowledgement:
        """Send a change that is answered with a message, or with nothing."""
        written = await self.write(
            operation,
            jsonapi.flat_object(AcknowledgementBody),
            body=body,
            values=values,
        )
        return Acknowledgement.of(written.status, written.data)
