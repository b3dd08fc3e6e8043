"""Whatever file a tester writes, to readings, one at a time: what it is is told by its content, never by its name.

    bytes → what it is → lines (decoding) → rows (rows), records (records) or cells (workbooks) → readings (taking)

Text is read in one stream and constant memory. What cannot be read is told row by row and the rest goes on; line 0 is
the file as a whole.
"""

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import IO, TypeAlias

from msgspec import Struct

from backend.laboratory import headers, profiles, records, rows, workbooks
from backend.laboratory.decoding import HEAD_BYTES, Encoding, NotText, lines, sniff
from backend.laboratory.profiles import ANY, Profile
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.rows import MAX_COLUMNS, Row
from backend.laboratory.taking import Columns
from backend.laboratory.walking_rows import rows_taken

Taken = Iterator[Reading | Unread]
Content: TypeAlias = Path | str | bytes | IO[bytes]
"""A path, the bytes, or an open file, which stays open."""
LINES_LOOKED_AT = 40
DOCUMENTS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x00\x01\x00\x00Standard",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
)
"""PDF, pictures, Access, archives."""
PAGE = re.compile(rb"^\s*(<!doctype html|<html|<table|<\?xml|<head)", re.IGNORECASE)
MAX_NULS = 0.3
"""Padding after names is a few; a file with more is none, or UTF-16 without a mark."""


class Found(Struct, frozen=True):
    """What a file is: its encoding (null for a workbook) and the profile that fits its shape, `any` where none does."""

    shape: str
    encoding: Encoding | None
    profile: Profile = ANY
    delimiter: str | None = None
    refused: str | None = None
    begins: str = ""


def read(
    content: Content,
    *,
    file_name: str = "",  # noqa: ARG001 - told by the caller, never believed
    profile: Profile | str | None = None,
    among: Iterable[Profile] | None = None,
) -> Taken:
    """Every row of a file: a reading, or several (soil), or why not.

    file_name   only told on; the content says what it is
    profile     where the person knows better; its name, a TOML file, or the profile itself. Raises ProfileWrong.
    among       the profiles to recognise by; ours unless told
    """
    known = tuple(profiles.shipped() if among is None else among)
    chosen = profiles.named(profile, known) if isinstance(profile, str) else profile
    return _read(content, chosen, known)


def look(content: Content, *, profile: Profile | None = None, among: Iterable[Profile] | None = None) -> Found:
    """What a file is, by its first bytes."""
    with _opened(content) as stream:
        return _found(stream.read(HEAD_BYTES), profile, tuple(profiles.shipped() if among is None else among))


def _opened(content: Content) -> AbstractContextManager[IO[bytes]]:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if isinstance(content, Path | str):
        return Path(content).open("rb")
    content.seek(0)
    return nullcontext(content)


def _read(content: Content, chosen: Profile | None, known: tuple[Profile, ...]) -> Taken:
    with _opened(content) as stream:
        found = _found(stream.read(HEAD_BYTES), chosen, known)
        stream.seek(0)
        if found.refused:
            yield Unread(line=0, reason=found.refused, seen=found.begins)
            return
        try:
            yield from _SHAPES[found.shape](stream, found, known)
        except NotText as error:
            yield Unread(line=error.line, reason=error.reason)


def _found(head: bytes, chosen: Profile | None, known: tuple[Profile, ...]) -> Found:
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Found("text", None, refused="not_text" if b"\0" in head else "empty_file")
    if workbooks.looks_like_one(head):
        return Found("workbook", None, chosen or ANY)
    if head.startswith(DOCUMENTS) or PAGE.match(head):
        return Found("text", None, refused="document_not_table")
    encoding = sniff(head)
    if not encoding.name.startswith("utf-16") and head.count(0) > MAX_NULS * len(head):
        return Found("text", encoding, refused="not_text")
    try:
        texts = (line.text for line in lines(io.BytesIO(head), encoding))
        first = list(islice((text for text in texts if text.strip()), LINES_LOOKED_AT))
    except NotText as error:
        return Found("text", encoding, refused=error.reason)
    if not first:
        return Found("text", encoding, refused="empty_file")
    return _text_found(first, encoding, chosen, known)


def _text_found(first: list[str], encoding: Encoding, chosen: Profile | None, known: tuple[Profile, ...]) -> Found:
    begin = first[0].strip()
    if chosen is None and begin.startswith(("{", "[")):
        return Found("json", encoding)
    by_line = chosen or profiles.by_first_line(begin, known)
    if by_line:
        return Found(by_line.shape, encoding, by_line, by_line.delimiter or _delimiter(first, by_line))
    if names := records.names_of(begin):
        return Found("query", encoding, _seen(names, "query", known))
    if records.looks_labelled(first):
        return Found("labels", encoding, _seen(records.labels_of(first), "labels", known))
    delimiter = _delimiter(first, ANY)
    likely = (_seen(line.split(delimiter), "table", known) for line in first)
    profile = next((each for each in likely if each is not ANY), ANY)
    return Found("table", encoding, profile, delimiter, begins=begin[:20])


def _seen(texts: list[str], shape: profiles.Shape, known: tuple[Profile, ...]) -> Profile:
    return profiles.by_headers([text.strip(' "') for text in texts], shape, known)


def _delimiter(first: list[str], profile: Profile) -> str:
    """The one that leaves most headers that we know in one line; else the one that is there most."""
    names = profile.names

    def fits(delimiter: str) -> tuple[int, int]:
        known = max(headers.recognised([cell.strip(' "') for cell in line.split(delimiter)], names) for line in first)
        return known, sum(line.count(delimiter) for line in first)

    return max(rows.DELIMITERS, key=fits)


def _table(stream: IO[bytes], found: Found, known: tuple[Profile, ...]) -> Taken:
    assert found.encoding is not None  # noqa: S101 - text has one
    split = rows.split(lines(stream, found.encoding), found.delimiter or ",")
    yield from rows_taken(split, found.profile, known)


def _workbook(stream: IO[bytes], found: Found, known: tuple[Profile, ...]) -> Taken:
    """A sheet after the other; one without a header is a cover sheet, unless none has."""
    held: list[Unread] = []
    took = False
    for rows_of_sheet in _by_sheet(workbooks.rows(stream)):
        for each in rows_taken(rows_of_sheet, found.profile, known):
            if isinstance(each, Unread) and each.reason in ("no_header", "no_value_column", "empty_file"):
                held.append(each)
                continue
            took = True
            yield each
    if not took:
        yield held[0] if held else Unread(line=0, reason="empty_file")


def _by_sheet(told: Iterator[Row | Unread]) -> Iterator[Iterator[Row | Unread]]:
    """The rows of one sheet at a time; each must be read to its end before the next."""
    waiting: list[Row | Unread] = []

    def of(sheet: str | None) -> Iterator[Row | Unread]:
        while waiting and waiting[0].sheet == sheet:
            yield waiting.pop()
            if more := next(told, None):
                waiting.append(more)

    if first := next(told, None):
        waiting.append(first)
    while waiting:
        yield of(waiting[0].sheet)


def _labels(stream: IO[bytes], found: Found, known: tuple[Profile, ...]) -> Taken:
    assert found.encoding is not None  # noqa: S101
    yield from _records_taken(records.labelled(lines(stream, found.encoding)), "labels", found.profile, known)


def _queries(stream: IO[bytes], found: Found, known: tuple[Profile, ...]) -> Taken:
    assert found.encoding is not None  # noqa: S101
    yield from _records_taken(records.queries(lines(stream, found.encoding)), "query", found.profile, known)


def _json(stream: IO[bytes], found: Found, known: tuple[Profile, ...]) -> Taken:
    raw = stream.read(records.MAX_JSON_BYTES + 1)
    if len(raw) > records.MAX_JSON_BYTES:
        yield Unread(line=0, reason="json_too_large")
        return
    encoding = sniff(raw)
    try:
        text = raw.decode("utf-16" if encoding.name.startswith("utf-16") else encoding.name).lstrip("\ufeff")
        listed = records.items(records.payload(text), inside=found.profile.items)
        yield from _records_taken(listed, "json", found.profile, known)
    except UnicodeDecodeError:
        yield Unread(line=0, reason="undecodable")
    except records.JsonWrong as error:
        yield Unread(line=0, reason=str(error))


def _records_taken(
    told: Iterable[records.Record | Unread], shape: profiles.Shape, profile: Profile, known: tuple[Profile, ...]
) -> Taken:
    """Records that say their names each; what the names mean is decided once for each set of them."""
    meant: dict[tuple[str, ...], Columns] = {}
    nothing = True
    for each in told:
        nothing = False
        if isinstance(each, Unread):
            yield each
            continue
        columns = meant.get(each.names)
        if columns is None:
            chosen = profile if profile is not ANY else profiles.by_headers(each.names, shape, known)
            meant = {} if len(meant) > MAX_COLUMNS else meant
            columns = meant[each.names] = Columns(each.names, chosen)
        yield from columns.take(each.row)
    if nothing:
        yield Unread(line=0, reason="empty_file")


_SHAPES = {"table": _table, "workbook": _workbook, "labels": _labels, "query": _queries, "json": _json}
