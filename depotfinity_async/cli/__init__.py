"""The `depotfinity` command: picks the subcommand, and turns its errors into one line and an exit code.

What a subcommand does is in the module of its name, which is imported only when it is asked for.
"""

import argparse
import contextlib
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Final, Protocol, cast

from depotfinity_async._version import __version__
from depotfinity_async.cli import exits
from depotfinity_async.cli.signals import Signals, leave
from depotfinity_async.errors import DepotFinityError

__all__ = ["main"]

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "demo": "Poll a simulated depot inside the request budget, and show how it goes.",
        "simulate": "Run a DepotFinity on this machine.",
        "poll": "Ask for the availability and connectivity of chargers.",
        "budget": "Show what the programs that share a request budget have used of it.",
        "force-terminate": "End the connection of a charger: this takes the charger offline.",
        "transactions": "List transactions as they arrive, as JSON lines or as a table.",
        "verify": "Ask every read-only endpoint once, and tell what differs from what the SDK expects.",
    }
)


class _Command(Protocol):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace, signals: Signals) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """The command.

    Args:
        argv: arguments without the name of the program. With None they are those of the process, the process
            is the command's own, signals included, and ends in here: the call does not return.

    Returns:
        The exit code; see `depotfinity_async.cli.exits`.
    """
    signals = Signals()
    if argv is None:
        signals.install()
        leave(_run(sys.argv[1:], signals))
    return _run(argv, signals)


def _run(argv: Sequence[str], signals: Signals) -> int:
    try:
        return _dispatch(argv, signals)
    except SystemExit as end:
        # Argparse has told what is wrong, or printed what was asked for.
        return end.code if isinstance(end.code, int) else exits.UNEXPECTED
    except DepotFinityError as error:
        return _failed(str(error), exits.code_of(type(error)))
    except BrokenPipeError:
        return exits.BROKEN_PIPE
    except OSError as error:
        return _failed(str(error), exits.UNEXPECTED)
    except KeyboardInterrupt:
        # Only `simulate` takes the signals over, and gives them back this way for a moment at its end.
        return exits.INTERRUPTED
    except Exception:  # noqa: BLE001 - the outermost place; to report a fault of ours takes the traceback
        traceback.print_exc()
        return exits.UNEXPECTED


def _dispatch(argv: Sequence[str], signals: Signals) -> int:
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        parser = _top_parser()
        parser.parse_args(argv)
        parser.error("name a command")
    parser = argparse.ArgumentParser(
        prog=f"depotfinity {name}",
        description=COMMANDS[name],
        epilog=exits.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command = cast("_Command", import_module(f"{__name__}.{name.replace('-', '_')}"))
    command.add_arguments(parser)
    return command.run(parser.parse_args(argv[1:]), signals)


def _top_parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {purpose}" for name, purpose in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="depotfinity",
        usage="depotfinity [-h] [--version] COMMAND ...",
        description=f"Siemens DepotFinity on the command line.\n\ncommands:\n{listed}\n\n"
        "`depotfinity COMMAND --help` tells the options of a command.",
        epilog=exits.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"depotfinity {__version__}")
    # Whatever stands here is wrong: the names that are right never get this far.
    parser.add_argument("command", nargs="?", choices=COMMANDS, help=argparse.SUPPRESS)
    return parser


def _failed(text: str, code: int) -> int:
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(f"depotfinity: {text}\n")
        sys.stderr.flush()
    return code
