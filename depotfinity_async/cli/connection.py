"""The client of a command: its options on the command line, where no secret belongs, and how it is made."""

import argparse
from pathlib import Path
from typing import Any

from depotfinity_async.cli.arguments import above_zero, place, proxy_url
from depotfinity_async.client import DepotFinity
from depotfinity_async.config import Secret, Settings, load_settings
from depotfinity_async.ratelimit import Budget


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the client. A secret comes from the environment, a profile or a file."""
    group = parser.add_argument_group(
        "connection",
        "What is not given is taken from the environment (DEPOTFINITY_CLIENT_ID, DEPOTFINITY_CLIENT_SECRET, "
        "DEPOTFINITY_BASE_URL ...), then from the profile file. A secret is never an option.",
    )
    group.add_argument("--profile", metavar="NAME", help="table of the profile file")
    group.add_argument("--base-url", metavar="URL", help="address of the API")
    group.add_argument("--token-url", metavar="URL", help="address of the token endpoint")
    group.add_argument("--region", metavar="NAME", help="deployment (default: eu)")
    group.add_argument("--client-id", metavar="ID", help="client id")
    group.add_argument("--client-secret-file", metavar="FILE", type=Path, help="file that holds the secret")
    group.add_argument(
        "--deadline",
        metavar="SECONDS",
        type=above_zero,
        help="longest time for one call with all its waiting (default: as long as it takes)",
    )
    group.add_argument("--proxy", metavar="URL", type=proxy_url, help="HTTP proxy, without credentials")
    group.add_argument("--ca-bundle", metavar="FILE", type=Path, help="PEM file of the authorities to trust")
    group.add_argument(
        "--budget",
        metavar="PLACE",
        type=place,
        help="where the request budget is kept: host (default; for all programs of this user), process, "
        "the path of a file, or the URL of a Redis server without credentials",
    )
    group.add_argument("--egress", metavar="NAME", help="name of the public address (default: default)")


def client_of(arguments: argparse.Namespace) -> DepotFinity:
    """The client the options ask for; raises as `DepotFinity` does."""
    return DepotFinity.from_settings(settings_of(arguments))


def settings_of(arguments: argparse.Namespace, *, sends: bool = True) -> Settings:
    """The settings the options ask for; raises as `DepotFinity` does.

    Args:
        arguments: of the command line.
        sends: whether requests are sent with them; if not, no credentials are needed, and none are read.
    """
    credentials: dict[str, Any] = {
        "client_id": arguments.client_id,
        "client_secret_file": arguments.client_secret_file,
    }
    if not sends:
        credentials = {"client_id": "none", "client_secret": Secret("none")}
    return load_settings(
        profile=arguments.profile,
        budget=arguments.budget,
        default_budget="host",
        egress=arguments.egress,
        base_url=arguments.base_url,
        token_url=arguments.token_url,
        region=arguments.region,
        deadline=arguments.deadline,
        proxy=arguments.proxy,
        ca_bundle=arguments.ca_bundle,
        **credentials,
    )


def bare_client(
    *, client_id: str, client_secret: str, base_url: str, token_url: str, budget: Budget
) -> DepotFinity:
    """A client for a simulator of our own: no setting of the user, such as a proxy, has a say in it."""
    return DepotFinity.from_settings(
        Settings(
            client_id=client_id,
            client_secret=Secret(client_secret),
            base_url=base_url,
            token_url=token_url,
        ),
        budget=budget,
    )
