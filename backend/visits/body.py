"""A batch's body cut into rows while it arrives, so that ten thousand visits never lie in memory together.

Two forms: one JSON object a line (application/x-ndjson), or `{"visits": [ … ]}` (application/json). A row comes out as
its bytes, unread. Where the rest cannot be cut into rows (it stopped in the middle, or is no JSON), the last thing to
come out is the refusal of that rest.
"""

import re
from collections.abc import AsyncIterator

from backend.core.refusals import Refusal

ROW_MAX_BYTES = 1_000_000
"""The longest visit the schema allows, every character escaped, is half of this."""

Chunks = AsyncIterator[bytes]
Rows = AsyncIterator[bytes | Refusal]


class BatchMalformed(Refusal):
    """The body does not begin as a batch does; nothing was stored."""

    status, code, title = 400, "visits/batch-malformed", "This is not a batch of visits"


class BatchCutShort(Refusal):
    """From here on the body could not be read: it stopped, or is no JSON. What came before was dealt with."""

    status, code, title = 400, "visits/batch-cut-short", "The rest could not be read"


class RowTooLarge(Refusal):
    """One row is longer than any visit can be."""

    status, code, title = 413, "visits/row-too-large", "This row is too large"


async def ndjson_rows(chunks: Chunks) -> Rows:
    """The lines that are not blank. A last line without its end counts if it is there whole: its reader will tell."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        *lines, rest = buffer.split(b"\n")
        buffer = rest
        for line in lines:
            if line.strip():
                yield bytes(line)
        if len(buffer) > ROW_MAX_BYTES:
            yield RowTooLarge(_TOO_LARGE, limit_bytes=ROW_MAX_BYTES)
            return
    if buffer.strip():
        yield bytes(buffer)


async def json_rows(chunks: Chunks) -> Rows:
    """The elements of `visits`. Raises BatchMalformed (400) when the body begins in any other way."""
    buffer, state = b"", "begin"
    async for chunk in chunks:
        buffer += chunk
        at = 0
        while found := _PATTERNS[state].match(buffer, at):
            at, state = found.end(), _NEXT[found.lastgroup or ""]
            if element := found.groupdict().get("element"):
                yield element
        buffer = buffer[at:]
        if state == "begin" and not (len(buffer) < _LONGEST_BEGIN and _COULD_BEGIN.fullmatch(buffer)):
            raise BatchMalformed(_NO_BATCH)
        if len(buffer) > ROW_MAX_BYTES:
            yield RowTooLarge(_TOO_LARGE, limit_bytes=ROW_MAX_BYTES)
            return
    if state == "begin":
        raise BatchMalformed(_NO_BATCH)
    if state != "done" or buffer.strip():
        yield BatchCutShort("The body ends or breaks in the middle. Send again what has no verdict above.")


_TOO_LARGE = "A row may have {limit_bytes} bytes. This one and the rest were not read."
_NO_BATCH = 'Send {"visits": […]} as application/json, or one visit a line as application/x-ndjson.'

_BLANK = rb"[ \t\r\n]*+"
_STRING = rb'"(?:[^"\\]++|\\.)*+"'


def _nested(levels: int) -> bytes:
    """A JSON object or array by its brackets, down to some levels; what is between them is left to the row's reader."""
    inner = b"|" + _nested(levels - 1) if levels else b""
    return rb'[{\[](?:[^][{}"]++|' + _STRING + inner + rb")*+[\]}]"


_SCALAR = rb'[^][{}",\s]++(?=[\s,\]])'
_ELEMENT = _BLANK + rb"(?P<element>" + _nested(5) + rb"|" + _STRING + rb"|" + _SCALAR + rb")" + _BLANK
_ELEMENT += rb"(?:(?P<comma>,)|(?P<close>\]))"

_FIRST_TOKENS = (rb"\{", rb'"visits"', rb":", rb"(?P<begin>\[)")
_PATTERNS = {
    state: re.compile(pattern, re.DOTALL)
    for state, pattern in {
        "begin": rb"(?:\xef\xbb\xbf)?+"
        + rb"".join(_BLANK + token for token in (rb"\{", rb'"visits"', rb":", rb"(?P<begin>\[)")),
        "first": rb"(?:" + _ELEMENT + rb"|" + _BLANK + rb"(?P<empty>\]))",
        "element": _ELEMENT,
        "end": _BLANK + rb"(?P<end>\})",
        "done": rb"(?!)",
    }.items()
}
_NEXT = {"begin": "first", "comma": "element", "close": "end", "empty": "end", "end": "done"}

_LONGEST_BEGIN = 1000
_WORD = rb"".join(b"(?:" + bytes([letter]) for letter in b'"visits"') + rb"\s*(?::\s*)?" + b")?" * 8
_COULD_BEGIN = re.compile(rb"(?:\xef(?:\xbb\xbf?)?)?\s*(?:\{\s*" + _WORD + rb")?")
