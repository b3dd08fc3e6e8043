"""Parser profiles: one TOML file per shape an instrument writes, so that a new instrument needs no code.

name = "strip_label_gbk"         the word for `--profile`
title = "胶体金读数仪标签"          for people
shape = "table"                  table, labels, query or json
method, analyte, unit            what the file does not say because it is always the same
percent = "fraction"             an inhibition without % is a fraction of one (0.63), or a "percent" (63)
delimiter = "#"                  where it has to be told
columns = ["record_id", …]       fields in their order, for a file without a header row; "" for what we do not need
items = "items"                  json: where the list of records is
[recognise]
headers = ["通道号", "抑制率%"]     all of them are in the header row (the labels, the keys)
first_line = '^\\d+#'             or the first line that is not empty matches
[headers]
"抑菌%" = "inhibition"            a header → a field of `headers.FIELDS`, or "analyte:CODE"
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from backend.laboratory import headers
from backend.laboratory.words import Method

FOLDER = Path(__file__).parent / "profiles"
Shape = Literal["table", "labels", "query", "json"]


class ProfileWrong(Exception):
    """A profile that cannot be: the message says which file and why."""


class Recognise(Struct, frozen=True, forbid_unknown_fields=True):
    """How a file shows that it is this instrument's. Every header, and the first line where one is given."""

    headers: tuple[str, ...] = ()
    first_line: str | None = None


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One shape; see the module."""

    name: str
    title: str
    shape: Shape = "table"
    method: Method = Method.UNKNOWN
    analyte: str | None = None
    unit: str | None = None
    percent: Literal["percent", "fraction"] | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    items: str | None = None
    recognise: Recognise = Recognise()
    headers: dict[str, str] = {}

    @property
    def names(self) -> dict[str, str]:
        """Its headers, as `headers.heading` wants them."""
        return {headers.normal(text): field for text, field in self.headers.items()}


ANY = Profile(name="any", title="")
"""A file that no profile knows: what its headers say, and nothing implied."""


@cache
def shipped() -> tuple[Profile, ...]:
    """Ours."""
    return load(FOLDER)


def load(folder: Path) -> tuple[Profile, ...]:
    """Every profile of a folder. Raises ProfileWrong."""
    return tuple(load_file(path) for path in sorted(folder.glob("*.toml")))


def load_file(path: Path) -> Profile:
    """One profile. Raises ProfileWrong."""
    try:
        profile = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Profile)
        _check(profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError, ValueError, re.error) as error:
        raise ProfileWrong(f"{path.name}: {error}") from error
    return profile


def _check(profile: Profile) -> None:
    re.compile(profile.recognise.first_line or "")
    said = [*profile.headers.values(), *filter(None, profile.columns)]
    unknown = [field for field in said if field not in headers.FIELDS and not field.startswith("analyte:")]
    if unknown:
        raise ValueError(f"no such field: {', '.join(unknown)}; there are {', '.join(headers.FIELDS)}")


def named(name: str, among: Iterable[Profile] | None = None) -> Profile:
    """The profile of that name, or of that TOML file. Raises ProfileWrong."""
    if name.endswith(".toml") and Path(name).is_file():
        return load_file(Path(name))
    known = tuple(shipped() if among is None else among)
    found = next((profile for profile in known if profile.name == name), None)
    if found is None:
        raise ProfileWrong(f"There is no profile {name!r}; there are {', '.join(each.name for each in known)}")
    return found


def by_headers(texts: Collection[str], shape: Shape, among: Iterable[Profile]) -> Profile:
    """The profile of which most headers are all there; ANY where none is."""
    there = {headers.normal(text) for text in texts}
    fits = [
        (len(each.recognise.headers), each)
        for each in among
        if each.shape == shape
        and each.recognise.headers
        and {headers.normal(text) for text in each.recognise.headers} <= there
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else ANY


def by_first_line(text: str, among: Iterable[Profile]) -> Profile | None:
    """The profile without a header row whose first line looks like this."""
    lines = ((each.recognise.first_line, each) for each in among if each.columns)
    return next((each for pattern, each in lines if pattern and re.search(pattern, text[:4000])), None)
