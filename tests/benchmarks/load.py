"""A small load generator: keep-alive connections that send prepared requests as fast as they are answered.

One process, asyncio streams, no client library: the cheaper the client, the more of the two cores is the server's.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 16
PIECE_BYTES = 65_536


class WrongAnswer(RuntimeError):
    """A request of a benchmark was not answered as it should be: what was measured then means nothing."""


@dataclass
class Load:
    """What one run of a load gave. `first_wrong` is the start of the first answer whose status was not expected."""

    requests: int = 0
    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    server_cpu_s: float = 0.0
    postgres_cpu_s: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds if self.seconds else 0.0

    def quantile_ms(self, share: float) -> float:
        """The latency that `share` of the requests stayed under."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Streamed:
    """One long answer: seconds until the first byte of its body came, and until the last."""

    first_s: float
    total_s: float
    body: bytes


async def run(port: int, requests: Sequence[bytes], *, expect: Collection[int], connections: int = CONNECTIONS) -> Load:
    """Send prepared requests over some connections. Raises WrongAnswer for any status that is not expected."""
    result = Load()
    shares = [requests[i::connections] for i in range(connections)]
    opened = [await asyncio.open_connection("127.0.0.1", port) for share in shares if share]
    began = time.perf_counter()
    sending = zip(opened, shares, strict=False)
    await asyncio.gather(*(_send(*streams, share, result, expect) for streams, share in sending))
    result.seconds = time.perf_counter() - began
    for _, writer in opened:
        writer.close()
    return result


async def _send(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    requests: Sequence[bytes],
    result: Load,
    expect: Collection[int],
) -> None:
    for request in requests:
        sent = time.perf_counter()
        writer.write(request)
        status, body = await read_answer(reader)
        result.latencies_ms.append((time.perf_counter() - sent) * 1000)
        result.requests += 1
        _check(status, body, expect)


async def stream(port: int, request: bytes, *, expect: Collection[int]) -> Streamed:
    """Send one large request while its answer already comes back. Raises WrongAnswer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    began = time.perf_counter()
    sending = asyncio.create_task(_in_pieces(writer, request))
    head = await reader.readuntil(b"\r\n\r\n")
    first = await reader.read(PIECE_BYTES)
    first_s = time.perf_counter() - began
    body = first + await _rest(reader, head, first)
    total_s = time.perf_counter() - began
    await sending
    writer.close()
    plain = _unchunked(body) if b"chunked" in head.lower() else body
    _check(int(head[9:12]), plain, expect)
    return Streamed(first_s=first_s, total_s=total_s, body=plain)


async def _in_pieces(writer: asyncio.StreamWriter, request: bytes) -> None:
    for at in range(0, len(request), PIECE_BYTES):
        writer.write(request[at : at + PIECE_BYTES])
        await writer.drain()


async def _rest(reader: asyncio.StreamReader, head: bytes, first: bytes) -> bytes:
    length, got = _length(head.lower()), bytearray()
    if length is not None:
        return await reader.readexactly(length - len(first))
    while not (first[-5:] + bytes(got[-5:])).endswith(b"0\r\n\r\n"):
        got += await reader.read(PIECE_BYTES) or _gone()
    return bytes(got)


def _gone() -> bytes:
    raise WrongAnswer("The server closed the connection in the middle of an answer.")


def _unchunked(body: bytes) -> bytes:
    plain, at = bytearray(), 0
    while size := int(body[at : (line := body.index(b"\r\n", at))], 16):
        plain += body[line + 2 : line + 2 + size]
        at = line + 2 + size + 2
    return bytes(plain)


def _check(status: int, body: bytes, expect: Collection[int]) -> None:
    if status not in expect:
        raise WrongAnswer(f"{status} where {expect} was expected: {body[:600].decode(errors='replace')}")


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and the body of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head[9:12] == b"204":
        return 204, b""
    length = _length(head.lower())
    if length is not None:
        return int(head[9:12]), await reader.readexactly(length)
    body = bytearray()
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return int(head[9:12]), bytes(body)


def _length(lowered_head: bytes) -> int | None:
    name = b"\r\ncontent-length:"  # with its line's beginning: OpenRosa has a header that ends in the same words
    at = lowered_head.find(name)
    return None if at < 0 else int(lowered_head[at + len(name) : lowered_head.index(b"\r\n", at + 2)])


def http(method: str, path: str, *, token: str = "", body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = {
        "Host": "127.0.0.1",
        **({"Authorization": f"Bearer {token}"} if token else {}),
        "Content-Length": str(len(body)),
        **({"Content-Type": "application/json"} if body else {}),
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
