"""Kits, their files and their forms, as rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch, fetch_row
from backend.kits.mappings import of_json
from backend.kits.schemas import HeldFile, PublishedForm
from backend.kits.words import FormState
from backend.people.tables import Role

MOST_KEPT = 300
_xml_of: dict[UUID, bytes] = {}
"""XForms by the id of their row: a row's XForm never changes."""

_VERSION = """
SELECT id, kit_id, version, origin, title_zh, title_en, roles, prefixes, months, files, digest, published_at, withdrawn
FROM kits_version
"""
_NEWEST = """
(SELECT DISTINCT ON (kit_id) id FROM kits_version WHERE NOT withdrawn ORDER BY kit_id, version DESC)
"""
_FORM = """
SELECT f.id, f.form_id, f.version, f.title, f.md5, f.mapping, f.state, k.id AS kit_version, k.kit_id, k.roles,
       k.prefixes, k.months
"""


async def lock_publishing() -> None:
    """One publishes at a time, of all nodes, until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('kits publishing', 0))")


async def digests() -> set[tuple[str, bytes]]:
    """Of every version that there is: kit and digest."""
    return {(row["kit_id"], row["digest"]) for row in await fetch("SELECT kit_id, digest FROM kits_version")}


async def version_of(kit_id: str, version: str) -> Mapping[str, Any] | None:
    """One version, withdrawn or not."""
    return await fetch_row(f"{_VERSION} WHERE kit_id = $1 AND version = $2", kit_id, version)


async def newest_of(kit_id: str) -> Mapping[str, Any] | None:
    """The version of a kit that phones get."""
    return await fetch_row(f"{_VERSION} WHERE kit_id = $1 AND NOT withdrawn ORDER BY version DESC LIMIT 1", kit_id)


async def newest() -> Sequence[Mapping[str, Any]]:
    """Of every kit the version that phones get."""
    return await fetch(f"{_VERSION} WHERE id IN {_NEWEST} ORDER BY kit_id")


async def every_version() -> Sequence[Mapping[str, Any]]:
    """All that was ever published, the newest of each kit first."""
    return await fetch(f"{_VERSION} ORDER BY kit_id, version DESC")


async def insert_version(columns: Mapping[str, Any]) -> None:
    """A new row of `kits_version`."""
    names, places = ", ".join(columns), ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    await fetch(f"INSERT INTO kits_version ({names}) VALUES ({places})", *columns.values())


async def withdraw(kit_id: str, version: str) -> None:
    """Phones get the newest of the others."""
    await fetch("UPDATE kits_version SET withdrawn = TRUE WHERE kit_id = $1 AND version = $2", kit_id, version)


async def insert_files(files: Iterable[tuple[bytes, bytes]]) -> None:
    """SHA-256 and bytes of each; what is there already stays."""
    by_digest = dict(files)
    await fetch(
        "INSERT INTO kits_file (sha256, content, bytes_n) "
        "SELECT sha256, content, length(content) FROM unnest($1::bytea[], $2::bytea[]) AS file(sha256, content) "
        "ON CONFLICT DO NOTHING",
        list(by_digest),
        list(by_digest.values()),
    )


async def contents(sha256s: Sequence[bytes]) -> dict[bytes, bytes]:
    """The bytes of files, by their SHA-256."""
    rows = await fetch("SELECT sha256, content FROM kits_file WHERE sha256 = ANY($1)", list(sha256s))
    return {row["sha256"]: row["content"] for row in rows}


async def forms_offered() -> Sequence[Mapping[str, Any]]:
    """The open forms of the version of each kit that phones get."""
    return await fetch(
        f"""
        {_FORM} FROM kits_version k
        CROSS JOIN LATERAL jsonb_to_recordset(k.files) AS file(form jsonb)
        JOIN kits_form f ON f.form_id = file.form ->> 'form_id' AND f.version = file.form ->> 'version'
        WHERE f.state = $1 AND k.id IN {_NEWEST} ORDER BY k.kit_id, f.form_id
        """,
        FormState.OPEN,
    )


async def form_row(form_id: str, version: str) -> Mapping[str, Any] | None:
    """One version of a form, with the kit that brought its mapping."""
    return await fetch_row(
        f"{_FORM} FROM kits_form f JOIN kits_version k ON k.id = f.kit WHERE f.form_id = $1 AND f.version = $2",
        form_id,
        version,
    )


async def versions_of_form(form_id: str) -> Sequence[Mapping[str, Any]]:
    """Every version of a form, the newest first."""
    return await fetch(
        f"{_FORM} FROM kits_form f JOIN kits_version k ON k.id = f.kit WHERE f.form_id = $1 ORDER BY f.version DESC",
        form_id,
    )


async def form_states(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, FormState]]:
    """Title and state of forms by id and version."""
    asked = list(pairs)
    rows = await fetch(
        "SELECT form_id, version, title, state FROM kits_form JOIN unnest($1::text[], $2::text[]) AS asked(a, b) "
        "ON form_id = a AND version = b",
        [form_id for form_id, _ in asked],
        [version for _, version in asked],
    )
    return {(row["form_id"], row["version"]): (row["title"], FormState(row["state"])) for row in rows}


async def insert_form(columns: Mapping[str, Any]) -> None:
    """A new row of `kits_form`."""
    names, places = ", ".join(columns), ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    await fetch(f"INSERT INTO kits_form ({names}) VALUES ({places})", *columns.values())


async def set_mapping(form: UUID, kit: UUID, mapping: str) -> None:
    """A later version of the kit says anew what the answers become."""
    await fetch("UPDATE kits_form SET kit = $2, mapping = $3 WHERE id = $1", form, kit, mapping)


async def set_state(form_id: str, version: str, state: FormState) -> None:
    """What a form does from now on."""
    await fetch("UPDATE kits_form SET state = $3 WHERE form_id = $1 AND version = $2", form_id, version, state)


async def with_xml(rows: Sequence[Mapping[str, Any]]) -> list[PublishedForm]:
    """Forms out of rows of `_FORM`; XForms come from memory where they were read before."""
    missing = [row["id"] for row in rows if row["id"] not in _xml_of]
    if missing:
        if len(_xml_of) > MOST_KEPT:
            _xml_of.clear()
        found = await fetch("SELECT id, xml FROM kits_form WHERE id = ANY($1)", missing)
        _xml_of.update({row["id"]: row["xml"] for row in found})
    return [_form(row, _xml_of[row["id"]]) for row in rows]


def _form(row: Mapping[str, Any], xml: bytes) -> PublishedForm:
    return PublishedForm(
        id=row["id"],
        form_id=row["form_id"],
        version=row["version"],
        title=row["title"],
        md5=row["md5"],
        state=FormState(row["state"]),
        mapping=of_json(row["mapping"]),
        kit_id=row["kit_id"],
        kit_version=row["kit_version"],
        roles=frozenset(map(Role, row["roles"])),
        prefixes=tuple(row["prefixes"]),
        xml=xml,
    )


def files_of(row: Mapping[str, Any]) -> list[HeldFile]:
    """The files of a row of `kits_version`."""
    return msgspec.json.decode(row["files"], type=list[HeldFile])
