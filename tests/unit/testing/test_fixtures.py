"""The fixtures in a project of their own, run within this process."""

from __future__ import annotations

import pytest

import depotfinity_async.client
import depotfinity_async.simulator

LOADED = (depotfinity_async.client, depotfinity_async.simulator)
"""Loaded here, or pytester would forget them after each run and there would be two of every class."""

OPTIONS = ("-p", "no:depotfinity", "-p", "depotfinity_async.testing", "--strict-markers", "-W", "error")
LOOP = ("-o", "asyncio_default_fixture_loop_scope=function")


def passed(pytester: pytest.Pytester, count: int, *options: str) -> None:
    ran = pytester.runpytest_inprocess(*OPTIONS, *LOOP, *options)
    ran.assert_outcomes(passed=count)


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_they_work_in_each_mode_and_leave_nothing_behind(pytester: pytest.Pytester, mode: str) -> None:
    pytester.makepyfile("""
        import pytest
        urls = []
        @pytest.mark.asyncio
        @pytest.mark.parametrize("number", [1, 2])
        async def test_a_call(depotfinity_server, depotfinity_client, number):
            urls.append(depotfinity_server.url)
            assert (await depotfinity_client.chargers.connectivity("CP-1")).status is not None
            assert depotfinity_server.log.count(kind="api") == 1
            assert depotfinity_server.log.count(kind="token") == 1
            assert len(urls) == number
    """)
    passed(pytester, 2, "-o", f"asyncio_mode={mode}")


def test_the_depot_is_the_same_in_every_test_and_time_stands_still(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from datetime import UTC, datetime
        pytestmark = pytest.mark.asyncio
        seen = []
        @pytest.mark.parametrize("_number", [1, 2])
        async def test_it(depotfinity_server, depotfinity_client, _number):
            assert depotfinity_server.clock.now() == datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
            assert len(depotfinity_server.depot.chargers) == 4
            found = depotfinity_client.transactions.list()
            seen.append([(each.id, each.energy_delivered) async for each in found])
            assert seen[0] and seen[0] == seen[-1]
    """)
    passed(pytester, 2)


def test_the_options_of_the_server_the_nearest_first(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        import pytest
        @pytest.fixture
        def depotfinity_options():
            return {"chargers": 7, "connectors": 1, "package": "Basic", "seed": 5}
    """)
    pytester.makepyfile("""
        import pytest
        pytestmark = [pytest.mark.asyncio, pytest.mark.depotfinity(chargers=8, connectors=3)]
        @pytest.mark.depotfinity(chargers=9)
        class TestIt:
            @pytest.mark.depotfinity(chargers=10, client_id="other", client_secret="canary")
            async def test_function(self, depotfinity_server, depotfinity_client):
                server = depotfinity_server
                assert (server.chargers, server.connectors, server.package) == (10, 3, "Basic")
                assert (server.seed, server.limit) == (5, 10_000)
                assert await depotfinity_client.chargers.connectivity("CP-10")
            async def test_class(self, depotfinity_server):
                assert depotfinity_server.chargers == 9
        async def test_module(depotfinity_server):
            assert depotfinity_server.chargers == 8
    """)
    passed(pytester, 3)


def test_the_options_of_the_client_and_no_setting_from_outside(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPOTFINITY_BASE_URL", "https://elsewhere.example")
    monkeypatch.setenv("DEPOTFINITY_MAX_RETRIES", "9")
    pytester.makepyfile("""
        import pytest
        from depotfinity_async import ServiceUnavailableError
        pytestmark = pytest.mark.asyncio
        @pytest.fixture
        def depotfinity_client_options():
            return {"max_retries": 1}
        async def test_it(depotfinity_server, depotfinity_client):
            depotfinity_server.begin_maintenance()
            with pytest.raises(ServiceUnavailableError):
                await depotfinity_client.chargers.connectivity("CP-1")
            # The token call, and once more.
            assert len(depotfinity_server.log) == 2
    """)
    passed(pytester, 1)


def test_server_and_client_live_at_one_speed_and_in_one_limit(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        pytestmark = pytest.mark.asyncio
        @pytest.mark.depotfinity(speed=600, limit=5, window=60)
        async def test_it(depotfinity_server, depotfinity_client):
            budget = depotfinity_client.budget
            assert (budget.limit, budget.window, budget.clock.speed) == (5, 60, 600)
            for _ in range(12):
                await depotfinity_client.chargers.connectivity("CP-1")
            assert depotfinity_server.log.refusals == 0
            assert depotfinity_server.log.busiest_window(60) <= 5
    """)
    passed(pytester, 1)


def test_an_option_that_is_not_known(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        pytestmark = pytest.mark.asyncio
        @pytest.mark.depotfinity(busses=3)
        async def test_it(depotfinity_server):
            pass
    """)
    ran = pytester.runpytest_inprocess(*OPTIONS, *LOOP)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*TypeError*busses*"])


def test_a_failed_test_shows_no_secret(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        pytestmark = pytest.mark.asyncio
        @pytest.mark.depotfinity(client_id="other", chargers=2)
        async def test_it(depotfinity_server, depotfinity_client):
            assert not depotfinity_server and not depotfinity_client
    """)
    ran = pytester.runpytest_inprocess(*OPTIONS, *LOOP, "--showlocals")
    ran.assert_outcomes(failed=1)
    assert "demo-secret" not in ran.stdout.str()


def test_the_marker_is_listed(pytester: pytest.Pytester) -> None:
    ran = pytester.runpytest_inprocess(*OPTIONS, *LOOP, "--markers")
    ran.stdout.fnmatch_lines(["@pytest.mark.depotfinity(*options): options of the Simulator behind*"])
