"""The server of the benchmarks, in a process of its own: fixed bytes, as fast as asyncio gives them.

It is no simulator: it checks nothing, counts nothing, and its own time must not matter.
"""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator

__all__ = ["CHARGER_ID", "TRANSACTIONS", "running_server"]

CHARGER_ID = "CP-1"
TRANSACTIONS = 100

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Starts the server and gives its address; it ends with the block, or with this process."""
    command = [sys.executable, "-m", __name__]
    # A session of its own, so that Ctrl-C reaches this process alone; the server ends when its input does.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None  # both are pipes
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        announced = _CONTENT_LENGTH.search(head)
        if end and len(body) >= (int(announced[1]) if announced else 0):
            # Nobody here sends a second request before the answer to the first.
            self._received = b""
            self._transport.write(_ANSWERS[head.split(b" ", 2)[1]])


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def _answer(document: object) -> bytes:
    body = json.dumps(document, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\nServer: benchmark\r\n\r\n"
    )
    return head.encode() + body


def _transaction(number: int) -> dict[str, object]:
    hour, minute = 6 + number // 10, number % 60
    return {
        "TransactionID": 123456 - number,
        "ChargerID": f"CP-{number % 30 + 1}",
        "ConnectorID": number % 2 + 1,
        "StartAt": f"2026-11-21T{hour:02}:{minute:02}:30.390Z",
        "EndAt": f"2026-11-21T{hour + 1:02}:{minute:02}:12.020Z",
        "InitialSoC": 10 + number % 40,
        "EndSoC": 60 + number % 40,
        "EnergyDelivered": 1500 * (number + 1),
        "EndResult": "EVDisconnected" if number % 3 else "Local",
        "VehicleID": f"BUS-{number % 40:03}",
        "DriverID": f"DRV-{number % 50:03}",
        "InsertedAt": f"2026-11-21T{hour + 1:02}:{minute:02}:13.450Z",
    }


def _record(minute: int) -> dict[str, object]:
    time = f"2026-11-21T08:{minute:02}:44.210Z"
    return {
        "timeStamp": time,
        "errorCode": "NoError",
        "vendorErrorCode": 1,
        "vendorId": 23,
        "status": "Available",
    }


_ANSWERS = {
    # As long as a usual access token, since it travels with every request.
    b"/oauth2/token": _answer({"access_token": "t" * 900, "expires_in": 86400, "token_type": "bearer"}),
    b"/v2/transactions": _answer([_transaction(number) for number in range(TRANSACTIONS)]),
    f"/v1/chargerStatus/chargers/{CHARGER_ID}/availabilityStatus".encode(): _answer(
        {"items": [_record(30), _record(37)]}
    ),
}


if __name__ == "__main__":
    asyncio.run(_serve())
