"""The job as a command: chargers as arguments, credentials from the environment."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from depotfinity_async import DepotFinity, DepotFinityError

from .report import make_report, render


async def run(chargers: list[str]) -> str:
    """Make the report of the night that ends now."""
    async with DepotFinity(budget="host") as depot:
        return render(await make_report(depot, chargers, datetime.now(UTC)))


def main() -> int:
    """Print the report; 1 when it could not be made."""
    parser = argparse.ArgumentParser(prog="nightly-report", description=__doc__)
    parser.add_argument("chargers", nargs="*", help="chargers whose connection is looked at")
    try:
        print(asyncio.run(run(parser.parse_args().chargers)), end="")
    except DepotFinityError as error:
        print(f"nightly-report: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
