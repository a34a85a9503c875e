"""The exit codes of the `depotfinity` command: one for each class of the exception tree.

  0  all went well
  1  unexpected: a fault of the command or of the machine; in `demo`, also a refused request;
     in `force-terminate`, also that nobody said yes; in `verify`, also that something differs
  2  the command line is wrong, or InvalidArgumentError
  3  ConfigurationError
  4  MissingCredentialsError
  5  ClientStateError
  6  DeadlineError
  7  BudgetUnavailableError
 10  TransportError
 11  ConnectionFailedError
 12  CertificateError
 13  NoResponseError
 20  StatusError
 21  BadRequestError
 22  AuthenticationError
 23  PermissionDeniedError
 24  NotFoundError
 25  ConflictError
 26  RateLimitedError
 27  ServiceUnavailableError
 28  ServerError
 29  CommandRejectedError
 30  UnexpectedResponseError
130  interrupted (SIGINT)
141  nobody reads the output any more (SIGPIPE)
143  terminated (SIGTERM)
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from depotfinity_async import errors

UNEXPECTED: Final = 1
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

CODES: Final[Mapping[type[errors.DepotFinityError], int]] = MappingProxyType(
    {
        errors.DepotFinityError: UNEXPECTED,
        errors.InvalidArgumentError: 2,
        errors.ConfigurationError: 3,
        errors.MissingCredentialsError: 4,
        errors.ClientStateError: 5,
        errors.DeadlineError: 6,
        errors.BudgetUnavailableError: 7,
        errors.TransportError: 10,
        errors.ConnectionFailedError: 11,
        errors.CertificateError: 12,
        errors.NoResponseError: 13,
        errors.StatusError: 20,
        errors.BadRequestError: 21,
        errors.AuthenticationError: 22,
        errors.PermissionDeniedError: 23,
        errors.NotFoundError: 24,
        errors.ConflictError: 25,
        errors.RateLimitedError: 26,
        errors.ServiceUnavailableError: 27,
        errors.ServerError: 28,
        errors.CommandRejectedError: 29,
        errors.UnexpectedResponseError: 30,
    }
)
"""Exit code by class."""

# The documentation above is the text of --help: written once. It is gone under `python -OO`.
TABLE: Final = "exit codes:\n" + (__doc__ or "").partition("\n\n")[2].rstrip()


def code_of(kind: type[errors.DepotFinityError]) -> int:
    """The exit code of an error's class: its own, or that of its nearest base."""
    return next(CODES[base] for base in kind.__mro__ if base in CODES)
