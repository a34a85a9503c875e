import asyncio
import logging
import pickle
import traceback

import pytest
from aiohttp import web

from depotfinity_async import errors
from tests.integration.http.conftest import READ, SECRET, WRITE, Make
from tests.integration.http.service import Handler, Service, says
from tests.support.polling import until

TOKEN = "CANARY-access-token"


async def _echo(request: web.Request) -> web.StreamResponse:
    return web.json_response({"message": f"You sent {request.headers['Authorization']}"}, status=400)


async def _echo_html(request: web.Request) -> web.StreamResponse:
    text = f"<title>{request.headers['Authorization']}</title>{dict(request.headers)}"
    return web.Response(status=404, text=text, content_type="text/html")


async def _drops(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _garbage(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"nonsense\r\n\r\n")
    request.transport.close()
    return web.Response()


ANSWERS: dict[str, Handler] = {
    "good": says(),
    "echo": _echo,
    "echo in HTML": _echo_html,
    "401": says(401),
    "500": says(500),
    "redirect": says(302, b"", {"Location": "/elsewhere"}),
    "drop": _drops,
    "garbage": _garbage,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_no_secret_in_logs_errors_and_tracebacks(
    service: Service, make: Make, caplog: pytest.LogCaptureFixture, answer: Handler
) -> None:
    caplog.set_level(logging.DEBUG)
    service.token_answers.extend([says(200, {"access_token": TOKEN})] * 2)
    service.always = answer
    side = make()
    texts: list[str] = []
    for call in (READ, WRITE):
        try:
            reply = await side.transport.send(call)
        except errors.DepotFinityError as error:
            link: BaseException | None = error
            while link is not None:
                texts += [str(link), repr(link), str(vars(link)), str(link.args)]
                link = link.__cause__ or link.__context__
            texts += traceback.TracebackException.from_exception(error, capture_locals=True).format()
            texts.append(repr(pickle.dumps(error)))
        else:
            texts.append(repr(reply))
    texts += [caplog.text, repr(side.transport), repr(vars(side.transport)), repr(side.transport._settings)]
    assert caplog.text.count("things.") >= 2
    for text in texts:
        assert "CANARY" not in text
        assert SECRET not in text


async def test_no_secret_in_the_error_of_a_refused_token_call(service: Service, make: Make) -> None:
    service.token_answers.append(_echo)
    with pytest.raises(errors.AuthenticationError) as caught:
        await make().transport.send(READ)
    text = str(caught.value) + repr(vars(caught.value))
    assert "You sent Basic **********" in text
    assert "ZGVwb3Qt" not in text
    assert "CANARY" not in text


async def test_one_debug_line_for_each_try_and_none_above(
    service: Service, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="depotfinity_async")
    service.answers.append(says(500))
    await make().transport.send(READ)
    records = [record for record in caplog.records if record.name.startswith("depotfinity_async")]
    lines = [record.getMessage() for record in records]
    assert {record.levelno for record in records} == {logging.DEBUG}
    assert len(lines) == 3
    assert lines[0].startswith("token: POST /oauth2/token, try 1: 200 in ")
    assert lines[1].startswith("things.get: GET /v1/things, try 1: 500 in ")
    assert lines[2].startswith("things.get: GET /v1/things, try 2: 200 in ")


async def test_a_cancelled_try_is_logged_as_such(
    service: Service, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="depotfinity_async")
    go = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await go.wait()
        return web.Response()

    service.always = slow
    task = asyncio.create_task(make().transport.send(READ))
    await until(lambda: service.seen)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    assert "things.get: GET /v1/things, try 1: cancelled in " in caplog.text
