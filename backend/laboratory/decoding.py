"""Bytes to lines: which encoding, how sure we are, and never more than one bounded line in memory.

A comma, a tab, `#` and a line's end are never part of a character in UTF-8 or GB18030, so lines are cut first and
decoded after; a file whose first lines are plain ASCII is decided by its first line that is not.
"""

import codecs
import io
from collections.abc import Iterator
from enum import StrEnum
from typing import IO

from msgspec import Struct

HEAD_BYTES = 65_536
MAX_LINE_BYTES = 65_536
"""A row of an instrument is under 2 KB. What is longer is no row, and is not read into memory."""
COMMON_HANZI = 0xD7
"""GB 2312 level 1, what people write: first byte B0 to D7. Random bytes land there in one pair of five."""


class Sureness(StrEnum):
    """told: by a byte order mark. likely: its own pattern fits. guess: nothing else fits. undecided: ASCII so far."""

    TOLD = "told"
    LIKELY = "likely"
    GUESS = "guess"
    UNDECIDED = "undecided"


class Encoding(Struct, frozen=True):
    """Python's name of the encoding, and how we know."""

    name: str
    sureness: Sureness


class Line(Struct, frozen=True):
    """One line without its end. `ended`: there was one. `whole`: every byte of it was a character."""

    number: int
    text: str
    ended: bool = True
    whole: bool = True


class NotText(Exception):
    """The bytes are no text that an instrument writes; `reason` says why, `line` from where on."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def sniff(head: bytes) -> Encoding:
    """What the first bytes say.

    >>> sniff("样品名称,抑制率".encode("gb18030"))
    Encoding(name='gb18030', sureness=<Sureness.LIKELY: 'likely'>)
    """
    for bom, name in BOMS:
        if head.startswith(bom):
            return Encoding(name, Sureness.TOLD)
    if head.isascii():
        return Encoding("utf-8", Sureness.UNDECIDED)
    if _fits(head, "utf-8"):
        return Encoding("utf-8", Sureness.LIKELY)
    if not _fits(head, "gb18030"):
        return Encoding("gb18030", Sureness.GUESS)
    return Encoding("gb18030", Sureness.LIKELY if _common_share(head) > 0.5 else Sureness.GUESS)


def _fits(head: bytes, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return False
    return True


def _common_share(head: bytes) -> float:
    """How many of the two-byte characters are hanzi of everyday use, or Chinese punctuation and full-width signs."""
    pairs = [char.encode("gb18030") for char in head.decode("gb18030", errors="ignore") if ord(char) > 0x7F]
    common = [pair for pair in pairs if 0xA1 <= pair[0] <= 0xA3 or 0xB0 <= pair[0] <= COMMON_HANZI]
    return len(common) / max(1, len(pairs))


def lines(stream: IO[bytes], encoding: Encoding) -> Iterator[Line]:
    """Every line, numbered from 1. Raises NotText at a line that is too long to be one.

    stream   at its beginning
    """
    if encoding.name.startswith("utf-16"):
        yield from _wide_lines(stream)
        return
    decode = _Decoder(encoding)
    for number, raw in enumerate(_cut(stream), start=1):
        text, whole = decode(raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw)
        yield Line(number, text.rstrip("\r\n"), text.endswith(("\r", "\n")), whole)


def _cut(stream: IO[bytes]) -> Iterator[bytes]:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    read = stream.readline if b"\n" in head or b"\r" not in head else _Returns(stream).readline
    number = 1
    while raw := read(MAX_LINE_BYTES + 1):
        if len(raw) > MAX_LINE_BYTES:
            raise NotText("line_too_long", number)
        yield raw
        number += 1


class _Returns:
    """Lines that end in a bare carriage return, as some old instruments write."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left = stream, b""

    def readline(self, limit: int) -> bytes:
        while b"\r" not in self._left and len(self._left) < limit:
            more = self._stream.read(limit)
            if not more:
                break
            self._left += more
        line, end, self._left = self._left.partition(b"\r")
        return line + end


def _wide_lines(stream: IO[bytes]) -> Iterator[Line]:
    text = io.TextIOWrapper(stream, encoding="utf-16", errors="replace", newline=None)
    number = 0
    while line := text.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise NotText("line_too_long", number)
        yield Line(number, line.rstrip("\n"), line.endswith("\n"), "\ufffd" not in line)
    text.detach()


class _Decoder:
    """Decodes line by line. Undecided means UTF-8 until a line says otherwise; then it stays so."""

    def __init__(self, encoding: Encoding) -> None:
        self.name = encoding.name
        self._open = encoding.sureness is Sureness.UNDECIDED

    def __call__(self, raw: bytes) -> tuple[str, bool]:
        if self._open and not raw.isascii():
            self.name, self._open = sniff(raw).name, False
        try:
            return raw.decode(self.name), True
        except UnicodeDecodeError:
            return raw.decode(self.name, errors="replace"), False
