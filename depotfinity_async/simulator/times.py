"""The one time format of the API: ISO 8601, UTC, milliseconds, `Z`. Reading is more tolerant than writing."""

from datetime import UTC, datetime


def to_milliseconds(moment: datetime) -> datetime:
    """Cut to whole milliseconds, so that what is printed and what is compared are the same moment."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def print_time(moment: datetime) -> str:
    """Print an aware UTC time like the vendor, `2022-11-22T19:54:10.143Z` (vendor page Charger Control)."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time; without a zone it is taken as UTC (assumed, not documented).

    Raises:
        ValueError: not a time, or not one that UTC can express.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error
