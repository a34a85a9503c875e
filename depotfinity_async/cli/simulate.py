"""`depotfinity simulate`: the simulator's own command under this one's name."""

import argparse

from depotfinity_async.cli.signals import Signals
from depotfinity_async.simulator import command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options are the simulator's."""
    command.add_arguments(parser)


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """Runs until it is told to end. The simulator handles its signals itself, so `signals` is not used."""
    return command.run(arguments)
