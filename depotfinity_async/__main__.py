"""`python -m depotfinity_async` is the `depotfinity` command."""

from depotfinity_async.cli import main

main()
