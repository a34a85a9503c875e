"""What the mapper costs in time and memory over a parser to dictionaries, a loop by hand, and other packages.

Every sample begins with a full garbage collection, which is not counted: else each way would pay for what the
way before it left behind. The collector stays on while a way runs.
"""

import argparse
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import msgspec

from benchmarks import mapper_documents, mapper_peers
from benchmarks.common import Rounds, Sample, at_least, environment, environment_lines, interleave, table
from benchmarks.mapper_peers import Read
from depotfinity_async import Transaction
from depotfinity_async.jsonapi import Decoder, flat_array
from depotfinity_async.models.assets import Charger, Connector, Driver, Vehicle

__all__ = ["main"]

OURS, WALKED = "depotfinity_async", "depotfinity_async, walked"
HAND, HAND_WALKED = "by hand, linked", "by hand, linked, walked"
# Our relationships are linked at the first look, so the loop by hand is also compared with both ways walked.
_GOALS = {
    ("compound", OURS, HAND): 1.0,
    ("compound", WALKED, HAND_WALKED): 1.0,
    ("compound", OURS, "orjson to dictionaries"): 1.5,
    ("flat array", OURS, "orjson to dictionaries"): 1.25,
    ("flat array", OURS, "pydantic"): 0.7,
    ("compound, parsed and walked", WALKED, "jsonapi-client"): 0.15,
    ("compound, parsed and walked", WALKED, "jsonapi-requests"): 0.15,
}
_MEMORY_GOAL = 0.7
_SIZES = (100, 1_000, 10_000, 100_000)


@attrs.frozen
class Case:
    """One body and the ways to read it; the first way is the base of the table."""

    name: str
    body: bytes
    ways: Mapping[str, Read]
    calls: int = 1
    share: int = 1
    """One of so many rounds is run, since some ways take a second."""


def main(arguments: list[str] | None = None) -> None:
    """Measures all cases, growth and memory, and prints them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mapper", description=__doc__)
    parser.add_argument("--rounds", type=at_least(2), default=30, help="rounds that count (default 30)")
    parser.add_argument("--primary", type=at_least(1), default=5_000, help="resources (default 5000)")
    parser.add_argument(
        "--largest", type=at_least(_SIZES[0]), default=_SIZES[-1], help="end of growth (default 100000)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(arguments)
    absent = mapper_peers.missing()
    cases = _cases(options.primary, absent)
    measured = [(case, _measure(case, options.rounds)) for case in cases]
    growth = _growth([size for size in _SIZES if size <= options.largest], options.rounds, absent)
    memory = _memory(cases[0])
    if options.json:
        report = {
            "peers": mapper_peers.versions(),
            "left_out": absent,
            "cases": [_report(case, rounds) for case, rounds in measured],
            "growth": growth,
            "memory": memory,
        }
        json.dump(environment() | report, sys.stdout, indent=2)
        print()
        return
    print(*environment_lines(), sep="\n")
    print(", ".join(f"{name} {version}" for name, version in mapper_peers.versions().items()))
    for name in absent:
        print(f"left out: {name} is not installed (requirements/bench.txt)")
    for case, rounds in measured:
        _print(case, rounds)
    _print_growth(growth)
    _print_memory(memory)


def _cases(primary: int, absent: list[str]) -> list[Case]:
    document, rows = mapper_documents.compound(primary), mapper_documents.flat(primary)
    strange = mapper_documents.compound(primary, strangers=100)
    decoder = Decoder(mapper_documents.COMPOUND)
    transactions = Decoder([Transaction, Charger, Connector, Vehicle, Driver])
    parsers = _parsers(absent)
    by_hand = mapper_peers.by_hand(next(iter(parsers.values())))

    def walked(body: bytes) -> Any:
        found = decoder.decode(body)
        for article in found.data:
            _ = article.title, article.author.get().first_name, article.section.get().name
            for tag in article.tags:
                _ = tag.name
        return found

    def walked_by_hand(body: bytes) -> Any:
        found = by_hand(body)
        for article in found:
            _ = article.title, article.author.first_name, article.section.name
            for tag in article.tags:
                _ = tag.name
        return found

    linked: dict[str, Read] = {HAND: by_hand, OURS: decoder.decode}
    flat: dict[str, Read] = {OURS: lambda body: transactions.decode(body, flat_array(Transaction))}
    if "pydantic" not in absent:
        flat["pydantic"] = mapper_peers.pydantic()
    peers: dict[str, Read] = {}
    if "orjson" not in absent:
        if "jsonapi-client" not in absent:
            peers["jsonapi-client"] = mapper_peers.jsonapi_client()
        if "jsonapi-requests" not in absent:
            peers["jsonapi-requests"] = mapper_peers.jsonapi_requests()
    compound = "compound"
    return [
        Case(compound, document, parsers | linked | {HAND_WALKED: walked_by_hand, WALKED: walked}),
        Case(f"{compound}, parsed and walked", document, {WALKED: walked} | peers, share=10),
        Case(f"{compound}, 100 included of an unknown type", strange, parsers | {OURS: decoder.decode}),
        Case("flat array", rows, parsers | flat),
        Case("small: one resource, two included", mapper_documents.compound(1), parsers | linked, calls=200),
    ]


def _parsers(absent: list[str]) -> dict[str, Read]:
    """The parsers that are there; the first is the base of all ratios."""
    found: dict[str, Read] = {}
    if "orjson" not in absent:
        found["orjson to dictionaries"] = mapper_peers.orjson()
    return found | {"msgspec to dictionaries": msgspec.json.Decoder().decode}


def _measure(case: Case, rounds: int) -> Rounds:
    ways = {name: _timed(read, case.body, case.calls) for name, read in case.ways.items()}
    return interleave(ways, max(2, rounds // case.share))


def _timed(read: Read, body: bytes, calls: int) -> Callable[[], Sample]:
    def run() -> Sample:
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(calls - 1):
            read(body)
        found = read(body)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        del found  # letting go of it is not counted
        return Sample(cpu / calls, wall / calls)

    return run


def _growth(sizes: list[int], rounds: int, absent: list[str]) -> list[dict[str, Any]]:
    """Microseconds for each resource, and how these grow from one size to the next."""
    decoder = Decoder(mapper_documents.COMPOUND)
    base, loads = next(iter(_parsers(absent).items()))
    found: list[dict[str, Any]] = []
    for size in sizes:
        # Small documents are read often, so that the clock can tell; the largest is read a few times only.
        case = Case(
            f"{size} primary",
            mapper_documents.compound(size),
            {base: loads, OURS: decoder.decode},
            calls=max(1, 10_000 // size),
        )
        measured = _measure(case, max(3, min(rounds, rounds * 10_000 // size)))
        costs = {way: measured.median(way, "cpu") * 1e6 / size for way in case.ways}
        ratio = measured.ratio(OURS, base, "cpu")[1]
        found.append({"primary": size, "base": base, "cpu_us_per_resource": costs, "cpu_ratio": ratio})
    return found


def _memory(case: Case) -> dict[str, dict[str, float]]:
    """Megabytes that the result of each way holds, and the most that it took on the way."""
    found: dict[str, dict[str, float]] = {}
    for name, read in case.ways.items():
        if name.endswith("walked"):
            continue
        read(case.body)  # what is made once and kept does not count
        gc.collect()
        tracemalloc.start()
        result = read(case.body)
        held, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del result
        found[name] = {"held_mb": held / 1e6, "peak_mb": peak / 1e6}
    return found


def _goals(case: Case, rounds: Rounds) -> list[tuple[str, float, float]]:
    """What is compared, the goal, and the ratio that was measured."""
    return [
        (f"{ours} against {way}", goal, rounds.ratio(ours, way, "cpu")[1])
        for (name, ours, way), goal in _GOALS.items()
        if name == case.name and way in case.ways
    ]


def _report(case: Case, rounds: Rounds) -> dict[str, Any]:
    base = next(iter(case.ways))
    goals = {pair: {"goal": goal, "measured": ratio} for pair, goal, ratio in _goals(case, rounds)}
    return {"case": case.name, "bytes": len(case.body), "ways": rounds.report(base), "goals": goals}


def _print(case: Case, rounds: Rounds) -> None:
    count = len(next(iter(rounds.samples.values())))
    print(f"\n{case.name}: {len(case.body):,} bytes, {count} rounds; medians, ratios with quartiles")
    scale, unit = (1e6, "µs") if case.calls > 1 else (1e3, "ms")
    print(*table(rounds, next(iter(case.ways)), scale=scale, unit=unit), sep="\n")
    for pair, goal, ratio in _goals(case, rounds):
        print(f"  {pair}: {ratio:.2f} ×, goal {goal} ×{_verdict(ratio, goal)}")


def _print_growth(growth: list[dict[str, Any]]) -> None:
    print("\ngrowth: CPU for each resource, compound")
    for line in growth:
        costs = ", ".join(f"{way} {cost:.2f} µs" for way, cost in line["cpu_us_per_resource"].items())
        print(f"  {line['primary']:>7,} primary: {costs}; ratio {line['cpu_ratio']:.2f}")
    first, last = (growth[place]["cpu_us_per_resource"] for place in (0, -1))
    base = growth[0]["base"]
    grown = {way: last[way] / first[way] for way in (base, OURS)}
    verdict = _verdict(grown[OURS], grown[base])
    print(f"  from first to last: {base} {grown[base]:.2f} ×, {OURS} {grown[OURS]:.2f} ×{verdict}")


def _print_memory(memory: dict[str, dict[str, float]]) -> None:
    print("\nmemory of the compound document's result (tracemalloc; the body itself does not count)")
    for way, figures in memory.items():
        print(f"  {way:28}held {figures['held_mb']:7.1f} MB   peak {figures['peak_mb']:7.1f} MB")
    base = next(iter(memory))
    ratio = memory[OURS]["peak_mb"] / memory[base]["held_mb"]
    verdict = _verdict(ratio, _MEMORY_GOAL)
    print(f"  our peak against what {base} holds: {ratio:.2f} ×, goal {_MEMORY_GOAL} ×{verdict}")


def _verdict(ratio: float, goal: float) -> str:
    return "" if ratio <= goal else "  NOT MET"


if __name__ == "__main__":
    main()
