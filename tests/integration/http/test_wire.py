import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve

import tests.support
from depotfinity_async import errors
from depotfinity_async.http import Call
from tests.integration.http.conftest import READ, WRITE, Make
from tests.integration.http.service import RawService, Script, writes

CERTIFICATE = Path(tests.support.__file__).with_name("localhost.pem")
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
# Not PUT or POST alone decides: a GET that must not be repeated is one that aiohttp would repeat.
DELICATE_GET = evolve(WRITE, method="GET", body=None, content_type=None)


async def _hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


async def _resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


LOSSES = {
    "closes": _closes,
    "resets": _resets,
    "never answers": _hangs,
    "stops in the head": writes(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "cuts the body": writes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    "cuts a chunk": writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
    "broken gzip": writes(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"),
}


@pytest.mark.usefixtures("ready_token")
@pytest.mark.parametrize("script", LOSSES.values(), ids=LOSSES.keys())
async def test_a_lost_answer_to_a_read_is_asked_for_again(
    raw: RawService, make: Make, script: Script
) -> None:
    raw.scripts.extend([script, script, writes(GOOD)])
    side = make(base_url=raw.base_url, timeout=0.1)
    reply = await side.transport.send(READ)
    assert (reply.body, reply.attempts) == (b"{}", 3)
    assert len(raw.requests) == side.budget.status().granted == 3
    assert side.budget.status().leased == 0


@pytest.mark.usefixtures("ready_token")
@pytest.mark.parametrize("call", [WRITE, DELICATE_GET], ids=["put", "get"])
@pytest.mark.parametrize("script", LOSSES.values(), ids=LOSSES.keys())
async def test_a_lost_answer_to_a_write_is_raised_and_nothing_is_sent_again(
    raw: RawService, make: Make, script: Script, call: Call
) -> None:
    raw.scripts.extend([script, writes(GOOD)])
    side = make(base_url=raw.base_url, timeout=0.1)
    with pytest.raises(errors.NoResponseError, match="may have acted") as caught:
        await side.transport.send(call)
    assert caught.value.maybe_processed
    assert caught.value.attempts == 1
    assert len(raw.requests) == 1
    # Not one context more: the error of aiohttp knows the headers of the request.
    assert caught.value.__context__ is None
    status = side.budget.status()
    assert (status.used, status.leased) == (1, 0)


async def _answers_and_keeps(raw: RawService, writer: asyncio.StreamWriter) -> None:
    raw.keep = True
    writer.write(GOOD)
    await writer.drain()


@pytest.mark.usefixtures("ready_token")
@pytest.mark.parametrize(
    ("call", "sent"), [(READ, 3), (DELICATE_GET, 2), (WRITE, 2)], ids=["read", "get", "put"]
)
async def test_a_kept_connection_that_drops_is_not_used_again_behind_our_back(
    raw: RawService, make: Make, call: Call, sent: int
) -> None:
    raw.scripts.extend([lambda reader, writer: _answers_and_keeps(raw, writer), _closes, writes(GOOD)])
    side = make(base_url=raw.base_url)
    await side.transport.send(READ)
    if call.repeatable:
        assert (await side.transport.send(call)).attempts == 2
    else:
        with pytest.raises(errors.NoResponseError):
            await side.transport.send(call)
    # As many slots as requests on the wire: aiohttp sent nothing on its own.
    assert len(raw.requests) == side.budget.status().granted == sent


@pytest.mark.usefixtures("ready_token")
async def test_the_slot_of_a_lost_request_comes_back_after_the_grace_only(
    raw: RawService, make: Make
) -> None:
    raw.scripts.append(_closes)
    side = make(base_url=raw.base_url, speed=1.0)
    with pytest.raises(errors.NoResponseError):
        await side.transport.send(WRITE)
    status = side.budget.status()
    assert (status.used, status.leased) == (1, 0)


@pytest.mark.usefixtures("ready_token")
async def test_after_a_timeout_the_connection_is_not_used_again(raw: RawService, make: Make) -> None:
    late = asyncio.Event()

    async def answers_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await late.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nLATE")

    raw.scripts.extend([answers_late, writes(GOOD)])
    side = make(base_url=raw.base_url, timeout=0.1, max_retries=0)
    with pytest.raises(errors.NoResponseError, match=r"not answered within 0\.1 s"):
        await side.transport.send(READ)
    late.set()
    assert (await side.transport.send(READ)).body == b"{}"
    assert raw.connections == 2


@pytest.mark.usefixtures("ready_token")
async def test_dribbling_bytes_do_not_outlive_the_timeout(raw: RawService, make: Make) -> None:
    async def dribbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    raw.scripts.append(dribbles)
    side = make(base_url=raw.base_url, timeout=0.1, max_retries=0)
    with pytest.raises(errors.NoResponseError):
        await side.transport.send(READ)


@pytest.mark.usefixtures("ready_token")
@pytest.mark.parametrize(
    "data",
    [
        b"what?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad\x00Header: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-H: 1\r\n" * 10_000 + b"\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 600 What\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["garbage", "bad header", "10,000 headers", "101", "600"],
)
async def test_what_is_no_answer_is_an_unexpected_response(raw: RawService, make: Make, data: bytes) -> None:
    raw.scripts.append(writes(data))
    with pytest.raises(errors.UnexpectedResponseError):
        await make(base_url=raw.base_url).transport.send(READ)
    assert len(raw.requests) == 1


@pytest.mark.usefixtures("ready_token")
async def test_a_status_whose_explanation_is_lost_is_still_that_status(raw: RawService, make: Make) -> None:
    raw.scripts.append(writes(b"HTTP/1.1 409 Conflict\r\nContent-Length: 100\r\n\r\nhalf of it"))
    with pytest.raises(errors.ConflictError) as caught:
        await make(base_url=raw.base_url).transport.send(WRITE)
    assert caught.value.body in (b"", b"half of it")


@pytest.mark.usefixtures("ready_token")
async def test_204_with_a_body_gives_no_false_answer(raw: RawService, make: Make) -> None:
    raw.scripts.extend([writes(b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nlies"), writes(GOOD)])
    side = make(base_url=raw.base_url)
    # Depending on when the rest arrives, it spoils this answer or the next one; it is never taken for one.
    for body in (b"", b"{}"):
        with contextlib.suppress(errors.UnexpectedResponseError):
            assert (await side.transport.send(READ)).body == body
    raw.scripts.append(writes(GOOD))
    assert (await side.transport.send(READ)).body == b"{}"


@pytest.mark.usefixtures("ready_token")
@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
async def test_a_refused_connection_is_never_sent_and_tried_again(
    raw: RawService, make: Make, call: Call
) -> None:
    await raw.stop()
    side = make(base_url=raw.base_url)
    with pytest.raises(errors.ConnectionFailedError, match="was not sent") as caught:
        await side.transport.send(call)
    assert not caught.value.maybe_processed
    assert caught.value.attempts == 3
    assert side.budget.status().used == 0


@pytest.mark.usefixtures("ready_token")
async def test_a_name_that_does_not_resolve_is_never_sent(make: Make) -> None:
    side = make(base_url="https://no-such-host.invalid", max_retries=0)
    with pytest.raises(errors.ConnectionFailedError):
        await side.transport.send(WRITE)
    assert side.budget.status().used == 0


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
async def tls() -> AsyncIterator[RawService]:
    server = RawService()
    await server.start(ssl=_tls())
    yield server
    await server.stop()


@pytest.mark.usefixtures("ready_token")
async def test_a_certificate_nobody_vouches_for_is_never_tried_again(tls: RawService, make: Make) -> None:
    side = make(base_url=tls.base_url.replace("http://127.0.0.1", "https://localhost"))
    with pytest.raises(errors.CertificateError, match="certificate of localhost") as caught:
        await side.transport.send(READ)
    assert caught.value.attempts == 1
    assert tls.requests == []
    assert side.budget.status().used == 0


@pytest.mark.usefixtures("ready_token")
async def test_a_certificate_for_another_host_is_refused(tls: RawService, make: Make) -> None:
    side = make(base_url=tls.base_url.replace("http:", "https:"), ca_bundle=CERTIFICATE)
    with pytest.raises(errors.CertificateError):
        await side.transport.send(READ)


@pytest.mark.usefixtures("ready_token")
async def test_the_ca_bundle_is_what_is_trusted(tls: RawService, make: Make) -> None:
    tls.scripts.append(writes(GOOD))
    base_url = tls.base_url.replace("http://127.0.0.1", "https://localhost")
    side = make(base_url=base_url, ca_bundle=CERTIFICATE)
    assert (await side.transport.send(READ)).body == b"{}"


@pytest.mark.usefixtures("ready_token")
async def test_a_tls_handshake_that_never_ends_is_never_sent(raw: RawService, make: Make) -> None:
    side = make(base_url=raw.base_url.replace("http:", "https:"), timeout=0.1, max_retries=0)
    with pytest.raises(errors.ConnectionFailedError, match=r"no connection to .* within 0\.1 s"):
        await side.transport.send(WRITE)
    assert side.budget.status().used == 0


@pytest.mark.usefixtures("ready_token")
async def test_a_proxy_is_used_with_its_credentials(raw: RawService, make: Make) -> None:
    raw.scripts.append(writes(GOOD))
    side = make(
        base_url="http://127.0.0.1:9", proxy=raw.base_url.replace("http://", "http://user:CANARY-proxy@")
    )
    assert (await side.transport.send(READ)).body == b"{}"
    head = raw.requests[0]
    assert head.startswith(b"GET http://127.0.0.1:9/v1/things HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpDQU5BUlktcHJveHk=\r\n" in head


@pytest.mark.usefixtures("ready_token")
async def test_a_proxy_that_refuses_is_told_apart_without_its_password(raw: RawService, make: Make) -> None:
    raw.scripts.append(writes(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"))
    side = make(
        base_url="https://127.0.0.1:9",
        proxy=raw.base_url.replace("http://", "http://user:CANARY-proxy@"),
        max_retries=0,
    )
    with pytest.raises(errors.ConnectionFailedError, match="407") as caught:
        await side.transport.send(READ)
    assert "CANARY" not in str(caught.value)
    assert side.budget.status().used == 0


@pytest.mark.usefixtures("ready_token")
async def test_proxies_of_the_environment_are_not_used(
    raw: RawService, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    raw.scripts.append(writes(GOOD))
    assert (await make(base_url=raw.base_url).transport.send(READ)).body == b"{}"
