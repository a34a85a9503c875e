import pytest

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, basic, calling


async def test_a_token_opens_the_api_until_it_expires() -> None:
    async with calling(Simulator(now=NOW, speed=0, token_lifetime=60)) as caller:
        assert (await caller.get("/v2/transactions")).status == 200
        caller.simulator.clock.advance(60)
        assert (await caller.get("/v2/transactions")).status == 200
        caller.simulator.clock.advance(1)
        expired = await caller.get("/v2/transactions")
        assert (expired.status, expired.headers["WWW-Authenticate"]) == (401, "Bearer")
        caller.token = (await caller.ask_token()).body["access_token"]
        assert (await caller.get("/v2/transactions")).status == 200


async def test_expires_in_is_the_lifetime_in_whole_seconds() -> None:
    async with calling(Simulator(token_lifetime=90.7), authorized=False) as caller:
        assert (await caller.ask_token()).body["expires_in"] == 90


async def test_the_token_of_another_simulator_is_unknown() -> None:
    async with calling(Simulator()) as one, calling(Simulator()) as other:
        other.token = one.token
        assert (await other.get("/v2/transactions")).status == 401


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic eA==", "Bearer ä", "token"])
async def test_a_missing_or_odd_token_is_refused(authorization: str | None) -> None:
    async with calling(Simulator(now=NOW, speed=0), authorized=False) as caller:
        headers = {} if authorization is None else {"Authorization": authorization}
        assert (await caller.get("/v2/transactions", headers)).status == 401


async def test_the_scheme_is_read_in_any_case() -> None:
    async with calling(Simulator()) as caller:
        assert (
            await caller.get("/v2/transactions", {"Authorization": f"bearer {caller.token}"})
        ).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        basic("demo", "wrong"),
        basic("other", "demo-secret"),
        "Basic §",
        "Basic ZGVtbw",
        "Bearer x",
        "Basic",
    ],
)
async def test_wrong_credentials_are_answered_403(authorization: str | None) -> None:
    async with calling(Simulator(), authorized=False) as caller:
        headers = {} if authorization is None else {"Authorization": authorization}
        reply = await caller.call("POST", "/oauth2/token", headers, data={"grant_type": "client_credentials"})
        assert (reply.status, reply.body["code"]) == (403, 403)


@pytest.mark.parametrize("data", [{}, {"grant_type": "password"}, {"grant": "client_credentials"}])
async def test_a_wrong_grant_is_answered_403(data: dict[str, str]) -> None:
    async with calling(Simulator(), authorized=False) as caller:
        reply = await caller.call(
            "POST", "/oauth2/token", {"Authorization": basic("demo", "demo-secret")}, data=data
        )
        assert (reply.status, reply.body["code"]) == (403, 403)


async def test_the_call_takes_a_form_by_post_only() -> None:
    async with calling(Simulator(), authorized=False) as caller:
        headers = {"Authorization": basic("demo", "demo-secret")}
        as_json = await caller.call(
            "POST", "/oauth2/token", headers, json={"grant_type": "client_credentials"}
        )
        by_get = await caller.call("GET", "/oauth2/token", headers)
        assert (as_json.status, by_get.status, by_get.headers["Allow"]) == (403, 405, "POST")


async def test_own_credentials_that_are_not_shown() -> None:
    simulator = Simulator(client_id="depot", client_secret="canary: ä")
    assert "canary" not in repr(simulator)
    async with calling(simulator, authorized=False) as caller:
        headers = {"Authorization": basic("depot", "canary: ä")}
        reply = await caller.call("POST", "/oauth2/token", headers, data={"grant_type": "client_credentials"})
        assert reply.status == 200
