"""How benchmarks measure and say it: interleaved rounds, medians, ratios of neighbouring rounds.

It knows no subject of a benchmark. On a shared machine a single figure means nothing, so none is given alone.
"""

import argparse
import contextlib
import importlib.metadata
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from depotfinity_async import __version__

__all__ = [
    "Rounds",
    "Sample",
    "at_least",
    "environment",
    "environment_lines",
    "installed",
    "interleave",
    "joined",
    "table",
]

_LIBRARIES = ("aiohttp", "attrs", "backoff", "cattrs", "msgspec")
_WARM_UP = 2


@attrs.frozen
class Sample:
    """What one round of one way cost.

    Args:
        cpu: seconds of CPU in the measured process, of one call or import.
        wall: seconds on the clock, likewise.
    """

    cpu: float
    wall: float


@attrs.frozen
class Rounds:
    """The samples of all ways in the order of the rounds; the n-th ones were taken right after each other."""

    samples: Mapping[str, Sequence[Sample]]

    def median(self, way: str, unit: str) -> float:
        """The median of `cpu` or `wall` over all rounds."""
        return statistics.median(self._column(way, unit))

    def ratio(self, way: str, base: str, unit: str) -> tuple[float, float, float]:
        """How many times as much as `base` a way costs: the quartiles of the ratios within each round.

        Both parts of each ratio were measured within moments, so a slow minute of the machine cancels out.
        """
        pairs = zip(self._column(way, unit), self._column(base, unit), strict=True)
        low, middle, high = statistics.quantiles([one / other for one, other in pairs], method="inclusive")
        return low, middle, high

    def report(self, base: str) -> dict[str, dict[str, Any]]:
        """All figures as plain values, for ``--json``: microseconds, and ratios to `base` as quartiles."""
        return {
            way: {f"{unit}_us": round(self.median(way, unit) * 1e6, 1) for unit in ("cpu", "wall")}
            | {
                f"{unit}_ratio": [round(quartile, 3) for quartile in self.ratio(way, base, unit)]
                for unit in ("cpu", "wall")
            }
            for way in self.samples
        }

    def _column(self, way: str, unit: str) -> list[float]:
        return [getattr(sample, unit) for sample in self.samples[way]]


def interleave(ways: Mapping[str, Callable[[], Sample]], rounds: int) -> Rounds:
    """Runs all ways in turn, round after round, after two rounds that do not count.

    Args:
        ways: each measures itself once.
        rounds: how many rounds count. Their order moves on by one way each time, so that none profits from
            its place.
    """
    names = list(ways)
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    for number in range(_WARM_UP + rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            sample = ways[name]()
            if number >= _WARM_UP:
                samples[name].append(sample)
    return Rounds(samples)


def joined(parts: Iterable[Rounds]) -> Rounds:
    """The rounds of several processes as one."""
    samples: dict[str, list[Sample]] = {}
    for part in parts:
        for way, found in part.samples.items():
            samples.setdefault(way, []).extend(found)
    return Rounds(samples)


def table(rounds: Rounds, base: str, *, scale: float, unit: str) -> list[str]:
    """Lines for a terminal: medians, and ratios to `base` with their quartiles.

    Args:
        rounds: what was measured.
        base: the way that counts as 1.
        scale: of `unit` in a second, such as 1e6.
        unit: its name, such as µs.
    """
    lines = [f"  {'':28}{'CPU':>10}{'clock':>12}   {'CPU ratio':22}{'clock ratio':22}".rstrip()]
    for way in rounds.samples:
        cpu, wall = (f"{rounds.median(way, column) * scale:.1f} {unit}" for column in ("cpu", "wall"))
        ratios = (
            "1" if way == base else "{1:.2f} ({0:.2f} – {2:.2f})".format(*rounds.ratio(way, base, column))
            for column in ("cpu", "wall")
        )
        lines.append(f"  {way:28}{cpu:>10}{wall:>12}   {''.join(f'{ratio:22}' for ratio in ratios)}".rstrip())
    return lines


def environment() -> dict[str, Any]:
    """What the figures depend on: machine, load, Python, versions."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "versions": {"depotfinity-async": __version__}
        | {name: importlib.metadata.version(name) for name in _LIBRARIES},
    }


def environment_lines() -> list[str]:
    """The same, for a terminal."""
    found = environment()
    machine = f"{found['system']} {found['machine']}, {found['cores']} cores, load {found['load']}"
    return [
        f"Python {found['python']} on {machine}",
        ", ".join(f"{name} {version}" for name, version in found["versions"].items()),
    ]


def installed(names: Iterable[str]) -> dict[str, str]:
    """The versions of those distributions that are there."""
    found: dict[str, str] = {}
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def at_least(lowest: int) -> Callable[[str], int]:
    """A type for argparse: a whole number from `lowest` on."""

    def number(text: str) -> int:
        value = int(text)
        if value < lowest:
            raise argparse.ArgumentTypeError(f"must be at least {lowest}")
        return value

    return number
