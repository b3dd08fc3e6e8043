"""Keys that prove an author: registered by himself while signed in, and void once he says so, or his phone is lost.

A key counts while it is not revoked and the phone it was registered from is not. Signing out everywhere revokes all of
a person's keys (a trigger on his `session_epoch`), as it does all his tokens.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError
from backend.people.actors import Actor
from backend.sync import signatures
from backend.sync.author_key_schemas import AuthorKeyRecord
from backend.sync.refusals import AuthorKeyUnknown, NotAPublicKey, TooManyAuthorKeys
from backend.sync.tables import AuthorKey

MOST_KEYS = 8
"""Of one person that count at once: a phone or two of his own, some shared ones at the station."""

KEYS = """
SELECT k.*, k.revoked_at IS NULL AND (k.device_id IS NULL OR d.revoked_at IS NULL) AS counts
FROM sync_author_key k LEFT JOIN people_device d ON d.id = k.device_id
"""


@transaction
async def register_author_key(*, id: UUID, public_key: str, by: Actor) -> Outcome[AuthorKeyRecord]:
    """Let a key prove from now on that `by` did what it signs. Idempotent.

    Raises NotAPublicKey (400), TooManyAuthorKeys (409), DifferentArguments (409).
    """
    content = signatures.public_key(public_key)
    if content is None:
        wrong = FieldError(pointer="/public_key", detail="Send SubjectPublicKeyInfo of an EC key on P-256 in base64.")
        raise NotAPublicKey("The key cannot be read.", errors=[wrong])
    await fetch("SELECT FROM people_person WHERE id = $1 FOR NO KEY UPDATE", by.person_id)  # one count at a time
    known = await fetch_row(KEYS + "WHERE k.id = $1", id)
    if known is not None:
        return Outcome(_same(known, content, by), created=False)
    await _must_be_few(by)
    fresh = AuthorKey(id=id, person=by.person_id, device_id=by.device_id, public_key=content, registered_at=clock.now())
    if not await AuthorKey.insert(fresh).on_conflict(target=AuthorKey.id, action="DO NOTHING"):
        raise DifferentArguments  # somebody else's, this very moment
    row = await fetch_row(KEYS + "WHERE k.id = $1", id)
    return Outcome(_record(row or {}), created=True)


def _same(row: Mapping[str, Any], content: bytes, by: Actor) -> AuthorKeyRecord:
    if (row["person"], row["public_key"]) != (by.person_id, content):
        raise DifferentArguments
    return _record(row)


async def _must_be_few(by: Actor) -> None:
    mine = await list_author_keys(by=by)
    if sum(key.counts for key in mine) >= MOST_KEYS:
        detail = "{most} keys of yours count already. Revoke those of phones that you no longer use."
        raise TooManyAuthorKeys(detail, most=MOST_KEYS)


async def list_author_keys(*, by: Actor) -> list[AuthorKeyRecord]:
    """One's own, the newest first."""
    rows = await fetch(KEYS + "WHERE k.person = $1 ORDER BY k.registered_at DESC, k.id DESC", by.person_id)
    return [_record(row) for row in rows]


@transaction
async def revoke_author_key(*, key_id: UUID, by: Actor) -> AuthorKeyRecord:
    """It proves nothing from now on; done twice it is the same. Raises AuthorKeyUnknown (404)."""
    mine = (AuthorKey.id == key_id) & (AuthorKey.person == by.person_id)
    await AuthorKey.update({AuthorKey.revoked_at: clock.now()}).where(mine & AuthorKey.revoked_at.is_null())
    row = await fetch_row(KEYS + "WHERE k.id = $1 AND k.person = $2", key_id, by.person_id)
    if row is None:
        raise AuthorKeyUnknown("Among your keys there is no {id}.", id=str(key_id))
    return _record(row)


def _record(row: Mapping[str, Any]) -> AuthorKeyRecord:
    return AuthorKeyRecord(
        id=row["id"],
        public_key=b64encode(row["public_key"]).decode(),
        device_id=row["device_id"],
        registered_at=row["registered_at"],
        revoked_at=row["revoked_at"],
        counts=row["counts"],
    )
