"""The simulator as a process, `depotfinity simulate`: arguments, the ready line, signals; no behaviour."""

import argparse
import asyncio
import contextlib
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from .limit import POLICIES
from .packages import PACKAGES
from .server import Simulator

SECRET_VARIABLE = "DEPOTFINITY_SIMULATOR_SECRET"
"""Environment variable for the client secret: a secret does not belong into the list of processes."""

_INTERRUPTED = 128 + signal.SIGINT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command; the client secret comes from the environment, never from here."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument("--chargers", type=int, default=30, help="number of chargers (default: %(default)s)")
    parser.add_argument(
        "--connectors", type=int, default=2, help="connectors of each charger (default: %(default)s)"
    )
    parser.add_argument("--days", type=float, default=2, help="days of history (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same depot (default: %(default)s)")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="simulated seconds per second (default: %(default)s)"
    )
    parser.add_argument(
        "--package", choices=PACKAGES, default="Premium", help="booked package (default: %(default)s)"
    )
    parser.add_argument("--client-id", default="demo", help="the client that is known (default: %(default)s)")
    parser.add_argument(
        "--token-lifetime",
        type=float,
        default=3600.0,
        help="simulated seconds a token is good (default: %(default)s)",
    )
    parser.add_argument("--no-retry-after", action="store_true", help="send 429 without Retry-After")
    parser.add_argument("--limit", type=int, default=100, help="requests in a window (default: %(default)s)")
    parser.add_argument(
        "--window", type=float, default=300.0, help="simulated seconds of a window (default: %(default)s)"
    )
    parser.add_argument(
        "--limit-policy",
        choices=POLICIES,
        default="sliding-window",
        help="how requests are counted, for each client address (default: %(default)s)",
    )
    parser.add_argument("--count-refused", action="store_true", help="requests answered 429 count as well")
    parser.add_argument(
        "--count-vehicles", action="store_true", help="reports of vehicles (VDV-261) count as well"
    )
    parser.add_argument(
        "--max-page-size", type=int, default=2000, help="larger pages are cut to this (default: %(default)s)"
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="stop at the end of standard input")
    parser.add_argument("--ready-json", action="store_true", help="print one JSON line when ready")


def run(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> int:
    """Run until SIGINT, SIGTERM or the end of standard input.

    It is the last thing its process does: both signals are ignored afterwards, so that none can spoil the
    exit code.

    Returns:
        130 after SIGINT, 0 after SIGTERM or the end of standard input, 2 for an option outside its range, 1
        when the address cannot be had.
    """
    try:
        simulator = Simulator(
            host=arguments.host,
            port=arguments.port,
            chargers=arguments.chargers,
            connectors=arguments.connectors,
            days=arguments.days,
            seed=arguments.seed,
            speed=arguments.speed,
            package=arguments.package,
            client_id=arguments.client_id,
            client_secret=environment.get(SECRET_VARIABLE) or "demo-secret",
            token_lifetime=arguments.token_lifetime,
            retry_after=not arguments.no_retry_after,
            limit=arguments.limit,
            window=arguments.window,
            limit_policy=arguments.limit_policy,
            count_refused=arguments.count_refused,
            count_vehicles=arguments.count_vehicles,
            max_page_size=arguments.max_page_size,
        )
        return asyncio.run(_serve(simulator, arguments, own_secret=bool(environment.get(SECRET_VARIABLE))))
    except ValueError as error:
        sys.stderr.write(f"simulate: {error.args[0]}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"simulate: {error}\n")
        return 1
    except KeyboardInterrupt:
        # Ctrl-C before the signal handlers stand.
        return _INTERRUPTED


async def _serve(simulator: Simulator, arguments: argparse.Namespace, *, own_secret: bool) -> int:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end, _INTERRUPTED if number == signal.SIGINT else 0)

    # Not the loop's own handlers: those go when the loop closes, and a second Ctrl-C would find none.
    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    try:
        async with simulator:
            if arguments.exit_with_parent:
                # A daemon: nothing interrupts its read. os.read holds no lock at interpreter exit.
                threading.Thread(target=_wait_for_parent, args=(loop, end), daemon=True).start()
            ready = _ready(simulator, as_json=arguments.ready_json, own_secret=own_secret)
            sys.stdout.write(ready + "\n")
            sys.stdout.flush()
            return await ended
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _wait_for_parent(loop: asyncio.AbstractEventLoop, end: Callable[[int], None]) -> None:
    while os.read(0, 4096):
        pass
    # The loop is closed when a signal was faster.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(end, 0)


def _ready(simulator: Simulator, *, as_json: bool, own_secret: bool) -> str:
    if as_json:
        return json.dumps(
            {"url": simulator.url, "token_url": simulator.token_url, "client_id": simulator.client_id}
        )
    secret = f'"${SECRET_VARIABLE}"' if own_secret else simulator.client_secret
    return "\n".join(
        (
            f"DepotFinity simulator: {simulator.url} (token {simulator.token_url})",
            f"export DEPOTFINITY_BASE_URL={simulator.url}",
            f"export DEPOTFINITY_TOKEN_URL={simulator.token_url}",
            f"export DEPOTFINITY_CLIENT_ID={shlex.quote(simulator.client_id)}",
            f"export DEPOTFINITY_CLIENT_SECRET={secret}",
        )
    )


def main(argv: Sequence[str] | None = None) -> int:
    """The command on its own; `argv` are the arguments without the program's name."""
    parser = argparse.ArgumentParser(
        prog="depotfinity simulate", description="Run a DepotFinity on this machine."
    )
    add_arguments(parser)
    return run(parser.parse_args(argv))
