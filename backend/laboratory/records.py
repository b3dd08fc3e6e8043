"""Files that are no table: a line per label (样品名称：黄瓜), a line per HTTP query, JSON with its items.

Each becomes rows with their headers, so that one place decides what a column means.
"""

import hmac
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct

from backend.laboratory import headers
from backend.laboratory.decoding import Line
from backend.laboratory.readings import Unread
from backend.laboratory.rows import MAX_COLUMNS, Row

MAX_JSON_BYTES = 4 << 20
LABEL = re.compile(r"^\s*([^：:\s][^：:]{0,29}?)\s*[：:]\s?(.*)$")
PAIR = re.compile(r"(\w{1,60})=")
RULER = re.compile(r"^[\s\-=*_#~—]*$")
SIGNATURES = ("sign", "signature", "hmac")
ENVELOPE = frozenset({"nonce", "timestamp", *SIGNATURES})


class Record(Struct, frozen=True):
    """One record: its names, and what stood beside them."""

    names: tuple[str, ...]
    row: Row


def looks_labelled(texts: Iterable[str]) -> bool:
    """Whether three lines or more begin with a label that we know."""
    return headers.recognised(labels_of(texts)) >= 3


def labels_of(texts: Iterable[str]) -> list[str]:
    """The labels that lines begin with."""
    return [found[1] for text in texts if (found := LABEL.match(text))]


def names_of(query: str) -> list[str]:
    """The names of a query; none where the text is no query of three pairs or more."""
    parts = _query(query).split("&")
    found = [PAIR.match(part) for part in parts]
    return [each[1] for each in found if each] if len(parts) > 2 and all(found) else []


def _query(line: str) -> str:
    line = line.strip()
    return line.partition("?")[2] or line


def labelled(lines: Iterable[Line]) -> Iterator[Record | Unread]:
    """A record ends at an empty line, at a ruler, or where its first label comes again."""
    held: dict[str, str] = {}
    first, before, last = 0, 0, True
    for line in lines:
        found = LABEL.match(line.text)
        if held and (RULER.match(line.text) or (found and found[1] == next(iter(held)))):
            yield _record(first, held)
            before, held = len(held), {}
        if found:
            first = first if held else line.number
            held[found[1]] = found[2]
        if len(held) > MAX_COLUMNS:
            yield Unread(line=first, reason="columns_without_end")
            return
        last = line.ended
    if held and not last and len(held) < before:
        yield Unread(line=first, reason="cut_off", column=list(held)[-1])
    elif held:
        yield _record(first, held)


def _record(line: int, held: Mapping[str, str]) -> Record:
    return Record(tuple(held), Row(line, list(held.values())))


def queries(lines: Iterable[Line]) -> Iterator[Record | Unread]:
    """A record per line, `did=…&ybmc=…`, with or without an address before it; percent-encoded UTF-8 or GBK."""
    for line in lines:
        if not line.text.strip():
            continue
        query = _query(line.text)
        try:
            pairs = _pairs(query)
        except ValueError:
            yield Unread(line=line.number, reason="query_wrong")
            continue
        said = dict(pairs)
        if len(said) < len(pairs):
            yield Unread(line=line.number, reason="name_twice")
        elif not line.ended and re.search(r"%[0-9a-f]?$", query, re.IGNORECASE):
            yield Unread(line=line.number, reason="cut_off")
        else:
            yield Record(tuple(said), Row(line.number, list(said.values())))


def _pairs(query: str) -> list[tuple[str, str]]:
    for encoding in ("utf-8", "gb18030"):
        try:
            return parse_qsl(
                query, keep_blank_values=True, encoding=encoding, errors="strict", max_num_fields=MAX_COLUMNS
            )
        except UnicodeDecodeError:
            continue
    raise ValueError(query)


class JsonWrong(Exception):
    """No JSON that we can take; the argument is the reason's code."""


def payload(text: str) -> Any:
    """A JSON document, every number as the text it was. A name that stands twice is refused. Raises JsonWrong."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise JsonWrong(
            "cut_off" if error.pos >= len(text.rstrip()) - 1 or _unclosed(error) else "json_wrong"
        ) from None
    except RecursionError:
        raise JsonWrong("json_wrong") from None


def _unclosed(error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated string")


def _constant(_: str) -> None:
    raise JsonWrong("json_wrong")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise JsonWrong("name_twice")
    return said


def items(document: Any, *, inside: str | None = None) -> Iterator[Record | Unread]:
    """A record for each item, with what the envelope says of all; `line` counts items.

    inside   the name of the list; without it the first list of objects there is
    """
    envelope = document if isinstance(document, dict) else {}
    listed = envelope.get(inside) if inside else _first_list(document)
    if listed is None and envelope:
        listed = [{}]
    if not isinstance(listed, list):
        raise JsonWrong("no_items")
    shared = {
        name: said for name, said in envelope.items() if name not in ENVELOPE and not isinstance(said, list | dict)
    }
    for number, item in enumerate(listed, start=1):
        if not isinstance(item, dict) or len(item) > MAX_COLUMNS:
            yield Unread(line=number, reason="item_wrong")
            continue
        said = {**_numbered(shared, item, number, len(listed)), **item}
        yield Record(tuple(said), Row(number, [_text(value) for value in said.values()]))


def _first_list(document: Any) -> Any:
    if isinstance(document, list):
        return document
    values = document.values() if isinstance(document, dict) else ()
    return next((value for value in values if isinstance(value, list)), None)


def _numbered(shared: dict[str, Any], item: dict[str, Any], number: int, of: int) -> dict[str, Any]:
    """A record id of the envelope names all its items; each needs one of its own."""
    ids = [name for name in shared if name not in item and headers.heading(name).field == "record_id"]
    return shared | {name: f"{shared[name]}#{number}" for name in ids} if of > 1 else shared


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def signed_text(document: Mapping[str, Any]) -> str:
    """What is signed: `name=value` by name, joined by `&`, without the signature; lists and objects as JSON, sorted,
    without spaces.

    >>> signed_text({"nonce": "n1", "items": [{"b": "2", "a": "1"}], "sign": "…"})
    'items=[{"a":"1","b":"2"}]&nonce=n1'
    """
    return "&".join(f"{name}={_signed(document[name])}" for name in sorted(document) if name not in SIGNATURES)


def _signed(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _text(value)


def signature(document: Mapping[str, Any], *, key: bytes) -> str:
    """HMAC-SHA256 of `signed_text`, hex."""
    return hmac.new(key, signed_text(document).encode(), "sha256").hexdigest()


def refused_signature(
    document: Mapping[str, Any],
    *,
    key: bytes,
    now: datetime,
    nonces_seen: Container[str] = (),
    within: timedelta = timedelta(minutes=5),
) -> str | None:
    """Why a signed post is not taken (a code of `unread_reasons`), or null.

    The signature is looked at first: an unsigned stranger learns nothing about clocks and nonces.

    nonces_seen   of this device, at least for twice `within`
    timestamp     seconds or milliseconds since 1970
    """
    said = next((str(document[name]) for name in SIGNATURES if document.get(name)), None)
    if said is None:
        return "unsigned"
    if not hmac.compare_digest(said.lower().encode(), signature(document, key=key).encode()):
        return "signature_wrong"
    at = _stamped(document.get("timestamp"))
    if at is None or abs(now - at) > within:
        return "clock_off"
    nonce = document.get("nonce")
    if not nonce:
        return "nonce_missing"
    return "nonce_used" if str(nonce) in nonces_seen else None


def _stamped(text: Any) -> datetime | None:
    digits = str(text)
    if not re.fullmatch(r"[0-9]{10}(?:[0-9]{3})?", digits):
        return None
    return datetime.fromtimestamp(int(digits[:10]), UTC)
