"""Prints what `budget` has measured, for a terminal or for docs/budget.md, and the goals beside it."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.budget_peers import OURS, SPACED
from benchmarks.budget_traffic import SERVERS
from benchmarks.common import environment_lines

__all__ = ["lines"]

_Row = Sequence[str]


def lines(report: dict[str, Any], *, markdown: bool) -> Iterator[str]:
    """All tables of `report`; with `markdown` nothing but them."""
    if not markdown:
        yield from environment_lines()
        yield ", ".join(f"{name} {version}" for name, version in report["peers"].items())
        for name in report["left_out"]:
            yield f"left out: {name} is not installed (requirements/bench.txt)"
    for title, rows in (
        (_traffic_title(report), _traffic(report)),
        ("our budget over time, in virtual time", _days(report)),
        ("processes that share our budget, in virtual time", _shared(report)),
        ("cost, medians", _cost(report)),
        ("goals", _goals(report)),
    ):
        yield ""
        if not markdown:
            yield f"{title}:"
        yield from _markdown(rows) if markdown else _plain(rows)


def _traffic_title(report: dict[str, Any]) -> str:
    traffic = report["traffic"]
    return (
        f"{traffic['seconds']:g} s of virtual time, {traffic['callers']} coroutines, 0 to 2 s to arrive;"
        " rejected / used"
    )


def _traffic(report: dict[str, Any]) -> list[_Row]:
    rows: list[_Row] = [("", "most in 300 s", "100th at", "out of order", *SERVERS)]
    for name, found in report["traffic"]["limiters"].items():
        seen = [f"{found['rejected'][kind]} / {found['share'][kind]:.1%}" for kind in SERVERS]
        hundredth = "–" if found["hundredth"] is None else f"{found['hundredth']:.0f} s"
        rows.append((_named(report, name), str(found["peak"]), hundredth, str(found["inversions"]), *seen))
    return rows


def _days(report: dict[str, Any]) -> list[_Row]:
    days = report["days"]
    runs = {
        "turnaround 1.25 s": days["burst"],
        "the same, `smooth=True`": days["spaced"],
        "ways of up to 30 s, cancels, losses": days["troubled"],
    } | {f"killed every {life} s": day for life, day in days["restarted"].items()}
    header = (f"{days['seconds'] / 3600:g} h", "rejected", "most in 300 s", "used")
    return [
        header,
        *(
            (name, str(day["rejected"]), str(day["peak"]), f"{day['share']:.2%}")
            for name, day in runs.items()
        ),
    ]


def _shared(report: dict[str, Any]) -> list[_Row]:
    rows: list[_Row] = [
        (
            "processes",
            "most in 300 s",
            "used",
            "busiest / laziest",
            "exchanges a grant",
            "burst of one",
            "all of it after",
            "store away: calls at once",
            "busy ones send",
            "back after",
        )
    ]
    for count, found in report["shared"].items():
        sharing, away = found["sharing"], found["away"]
        rows.append(
            (
                count,
                str(max(sharing["peak"], away["peak"])),
                f"{sharing['share']:.1%}",
                f"{sharing['uneven']:.2f}",
                f"{sharing['exchanges']:.2f}",
                str(sharing["burst"]),
                f"{sharing['delayed']:.0f} s",
                str(away["at_once"]),
                f"{away['busy']:.0%}",
                f"{away['back']:.1f} s",
            )
        )
    return rows


def _cost(report: dict[str, Any]) -> list[_Row]:
    cost = report["cost"]
    crowds = list(cost["grants"])
    rows: list[_Row] = [
        (
            "",
            "acquire and answer",
            *(f"a grant, {int(crowd):,} wait" for crowd in crowds),
            "a waiter",
            f"{int(crowds[0]):,} parked",
        )
    ]
    for name, way in cost["uncontended"].items():
        grants = [cost["grants"][crowd].get(name) for crowd in crowds]
        rows.append(
            (
                _named(report, name),
                f"{way['cpu_us']:.1f} µs",
                *("–" if grant is None else f"{grant['cpu_us']:.1f} µs" for grant in grants),
                f"{cost['bytes'][name]:,.0f} bytes",
                f"{cost['parked'][name]:.3%}",
            )
        )
    return rows


def _goals(report: dict[str, Any]) -> list[_Row]:
    days, cost = report["days"], report["cost"]
    first, last = cost["grants"].values()
    strict = [day["rejected"] for day in (days["burst"], days["spaced"], days["troubled"])]
    for name in (OURS, SPACED):
        rejected = report["traffic"]["limiters"][name]["rejected"]
        strict += [rejected[kind] for kind in SERVERS[:-1]]
    restarted = days["restarted"].values()
    sharing = [found["sharing"] for found in report["shared"].values()]
    away = [found["away"] for found in report["shared"].values()]
    uncontended = cost["uncontended"][OURS]
    compared = cost["base"] != OURS
    judged: list[tuple[str, str, str, bool]] = [
        ("rejected by the first five kinds of servers", "0", str(max(strict)), max(strict) == 0),
        _at_most("rejected an hour by the two-bucket counter", days["counter_an_hour"], 50, "{:.1f}"),
        _at_least("share used, turnaround 1.25 s", days["burst"]["share"], 0.995),
        _at_least("share used, spaced", days["spaced"]["share"], 0.98),
        _at_most("rejected, killed every 40, 130, 400 s", max(day["rejected"] for day in restarted), 0, "{}"),
        _at_least("share used, killed every 40, 130, 400 s", min(day["share"] for day in restarted), 0.98),
        _at_most(
            "most in a window, shared, store away or not",
            max(found["peak"] for found in (*sharing, *away)),
            100,
            "{}",
        ),
        _at_most("busiest process / laziest", max(found["uneven"] for found in sharing), 1.5, "{:.2f}"),
        _at_most("exchanges a grant", max(found["exchanges"] for found in sharing), 10, "{:.2f}"),
        _at_most("back when the store is, s", max(found["back"] for found in away), 10, "{:.1f}"),
        (
            "calls at once when the store goes",
            "1 at least",
            str(min(found["at_once"] for found in away)),
            min(found["at_once"] for found in away) >= 1,
        ),
        (
            "acquire and answer",
            "1.5 µs or as the peer",
            f"{uncontended['cpu_us']:.1f} µs, {uncontended['cpu_ratio'][1]:.2f} × {cost['base']}",
            uncontended["cpu_us"] <= 1.5 or (compared and uncontended["cpu_ratio"][1] <= 1),
        ),
        _at_most(
            "a grant with most waiters, × with fewest",
            last[OURS]["cpu_us"] / first[OURS]["cpu_us"],
            1.2,
            "{:.2f}",
        ),
        _at_most("bytes of a waiter", cost["bytes"][OURS], 1500, "{:.0f}"),
        _at_most("CPU with 1,000 parked", cost["parked"][OURS], 0.001, "{:.3%}"),
    ]
    if compared:
        ratio = last[OURS]["cpu_ratio"][1]
        judged.append(_at_most(f"a grant with most waiters, × {cost['base']}", ratio, 0.5, "{:.2f}"))
    rows: list[_Row] = [("", "goal", "measured", "")]
    return rows + [(what, goal, found, "met" if met else "NOT MET") for what, goal, found, met in judged]


def _at_most(what: str, found: float, goal: float, form: str) -> tuple[str, str, str, bool]:
    return what, f"≤ {form.format(goal)}", form.format(found), found <= goal


def _at_least(what: str, found: float, goal: float) -> tuple[str, str, str, bool]:
    return what, f"≥ {goal:.1%}", f"{found:.2%}", found >= goal


def _named(report: dict[str, Any], name: str) -> str:
    version = report["peers"].get(name)
    return f"{name} {version}" if version else name


def _plain(rows: Sequence[_Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _markdown(rows: Sequence[_Row]) -> Iterator[str]:
    head, *body = rows
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in body:
        yield f"| {' | '.join(row)} |"
