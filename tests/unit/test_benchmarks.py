"""Every benchmark runs and prints its figures. How large these are is judged by people, never by a test."""

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import budget_peers, budget_report, mapper_peers
from benchmarks.budget_traffic import SERVERS
from benchmarks.common import Rounds, Sample, interleave, joined, table

_ROOT = Path(__file__).parents[2]
_SMALL = ("--rounds", "2", "--primary", "20", "--largest", "100")
_FEW = ("--processes", "1", "--rounds", "2", "--calls", "2")


def test_ways_are_interleaved_and_the_first_rounds_do_not_count() -> None:
    run: list[str] = []

    def way(name: str) -> Sample:
        run.append(name)
        return Sample(cpu=len(run), wall=len(run) * 2)

    rounds = interleave({name: functools.partial(way, name) for name in "ABC"}, 2)
    assert "".join(run) == "ABCBCACABABC"
    assert [sample.cpu for sample in rounds.samples["A"]] == [8, 10]
    assert [sample.wall for sample in rounds.samples["C"]] == [14, 24]


def test_ratios_are_of_neighbours_and_medians_of_all_rounds() -> None:
    # The machine became ten times slower after the first round: the ratios do not show it.
    parts = [_rounds(base=(1.0, 10.0), sdk=(1.5, 15.0)), _rounds(base=(10.0,), sdk=(20.0,))]
    rounds = joined(parts)
    assert rounds.ratio("sdk", "base", "cpu") == (1.5, 1.5, 1.75)
    assert rounds.ratio("sdk", "base", "wall") == (0.75, 0.75, 0.875)
    assert rounds.median("sdk", "cpu") == 15.0
    assert rounds.report("base")["sdk"] == {
        "cpu_us": 15e6,
        "wall_us": 15e6,
        "cpu_ratio": [1.5, 1.5, 1.75],
        "wall_ratio": [0.75, 0.75, 0.875],
    }
    _, base, sdk = table(rounds, "base", scale=1e3, unit="ms")
    assert base.split() == ["base", "10000.0", "ms", "20000.0", "ms", "1", "1"]
    assert "1.50 (1.50 – 1.75)" in sdk


def _rounds(*, base: tuple[float, ...], sdk: tuple[float, ...]) -> Rounds:
    return Rounds(
        {
            "base": [Sample(cpu=seconds, wall=seconds * 2) for seconds in base],
            "sdk": [Sample(cpu=seconds, wall=seconds) for seconds in sdk],
        }
    )


def test_call_overhead_prints_each_way_of_each_case_with_its_ratio() -> None:
    printed = _run("benchmarks.call_overhead", *_FEW, "--processes", "2")
    assert "2 processes, 2 rounds of 2 calls" in printed
    assert printed.count("bare (dictionaries)") == 2
    for way in ("bare + typed by hand", "depotfinity_async"):
        lines = [line for line in printed.splitlines() if line.strip().startswith(f"{way} ")]
        assert [line.count(" – ") for line in lines] == [2, 2], "two cases; quartiles for CPU and clock"


def test_call_overhead_as_json_holds_ratios_above_zero() -> None:
    report = json.loads(_run("benchmarks.call_overhead", *_FEW, "--json"))
    assert [case["case"] for case in report["cases"]] == [
        "one page of 100 transactions",
        "availability of one charger",
    ]
    assert [case["bytes"] > 100 for case in report["cases"]] == [True, True]
    for case in report["cases"]:
        _check_ways(case["ways"], base="bare (dictionaries)")


def test_call_overhead_profile_lists_functions_by_own_time_for_each_case() -> None:
    printed = _run("benchmarks.call_overhead", "--calls", "2", "--profile")
    assert printed.count("2 calls of the SDK under cProfile") == 2
    assert printed.count("Ordered by: internal time") == 2


def test_import_time_as_json_holds_ratios_and_says_that_the_mapper_stands_alone() -> None:
    report = json.loads(_run("benchmarks.import_time", "--rounds", "2", "--json"))
    _check_ways(report["ways"], base="its dependencies")
    assert report["mapper_loads_no_aiohttp"] is True


def test_import_time_explains_which_modules_cost_most() -> None:
    printed = _run("benchmarks.import_time", "--rounds", "2", "--explain")
    own, _, others = printed.partition("modules of others")
    assert own.count(" ms  depotfinity_async") == 10
    assert "depotfinity_async." not in others


def test_mapper_prints_each_way_with_its_ratio_and_names_what_is_left_out() -> None:
    printed = _run("benchmarks", "mapper", *_SMALL)
    assert printed.count("left out: ") == len(mapper_peers.missing())
    for case in (
        "compound: ",
        "compound, parsed and walked: ",
        "flat array: ",
        "small: ",
        "growth: ",
        "memory ",
    ):
        assert f"\n{case}" in printed
    ours = [line for line in printed.splitlines() if line.startswith("  depotfinity_async  ")]
    assert [line.count(" – ") for line in ours[:3]] == [2, 2, 2], "compound, flat array, small"


def test_mapper_as_json_holds_ratios_above_zero() -> None:
    report = json.loads(_run("benchmarks.mapper", *_SMALL, "--json"))
    assert report["left_out"] == mapper_peers.missing()
    for case in (report["cases"][0], *report["cases"][2:]):
        _check_ways(case["ways"], base=next(iter(case["ways"])))
    assert [line["primary"] for line in report["growth"]] == [100]
    assert report["memory"]["depotfinity_async"]["peak_mb"] > 0


def test_simulator_prints_the_cpu_of_each_page_and_the_memory() -> None:
    small = ("--chargers", "3", "--days", "2", "--pages", "2")
    printed = _run("benchmarks.simulator", *small)
    assert "3 chargers, 2 days" in printed
    assert printed.count(" ms of CPU") == 5
    assert " MB at most" in printed
    report = json.loads(_run("benchmarks.simulator", *small, "--json"))
    assert report["peak_mb"] > 0
    assert all(cpu > 0 for cpu in report["cpu_ms"].values())


def test_budget_prints_each_limiter_and_judges_each_goal() -> None:
    report = json.loads(_run("benchmarks.budget", "--quick", "--json"))
    assert report["left_out"] == budget_peers.missing()
    ours, peers = {"depotfinity_async"}, set(report["peers"])
    assert set(report["traffic"]["limiters"]) == ours | peers | {"depotfinity_async, smooth"}
    assert set(report["cost"]["bytes"]) == set(report["cost"]["parked"]) == ours | peers
    for found in report["traffic"]["limiters"].values():
        assert list(found["rejected"]) == list(found["share"]) == list(SERVERS)
        assert found["peak"] > 0
    assert set(report["days"]["restarted"]) == {"40", "130", "400"}
    assert set(report["shared"]) == {"1", "2", "4"}
    for way in report["cost"]["uncontended"].values():
        assert way["cpu_us"] > 0
    printed = "\n".join(budget_report.lines(report, markdown=False))
    judged = printed.partition("goals:")[2].splitlines()[2:]
    assert len(judged) == (16 if "aiolimiter" in report["peers"] else 15)
    assert all(line.endswith(("  met", "  NOT MET")) for line in judged)
    for peer in report["left_out"]:
        assert f"left out: {peer} " in printed
    tables = "\n".join(budget_report.lines(report, markdown=True)).strip().split("\n\n")
    assert len(tables) == 5
    for table_ in tables:
        assert len({line.count("|") for line in table_.splitlines()}) == 1


def test_one_benchmark_is_run_by_name() -> None:
    printed = _run("benchmarks", "import_time", "--rounds", "2")
    assert "loads no aiohttp" in printed
    assert " – " in printed


@pytest.mark.parametrize(
    "arguments", [("call_overhead", "--rounds", "1"), ("call_overhead", "--calls", "0"), ("no_such",)]
)
def test_wrong_arguments_are_refused(arguments: tuple[str, ...]) -> None:
    done = _benchmark("benchmarks", *arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def _check_ways(ways: dict[str, dict[str, Any]], *, base: str) -> None:
    assert "depotfinity_async" in ways
    assert ways[base]["cpu_ratio"] == ways[base]["wall_ratio"] == [1, 1, 1]
    for way in ways.values():
        assert way["cpu_us"] > 0
        assert way["wall_us"] > 0
        for low, middle, high in (way["cpu_ratio"], way["wall_ratio"]):
            assert 0 < low <= middle <= high


def _run(module: str, *arguments: str) -> str:
    done = _benchmark(module, *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def _benchmark(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Not in development mode: asyncio would note the stack of each timer, and tell of whatever a busy machine
    # took long for.
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", module, *arguments],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
