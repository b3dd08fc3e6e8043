"""Whose a command is: whoever was signed in when it was done, told by the phone and proved by his key.

What the phone's clock says proves nothing here. Whoever holds a lost phone holds its clock too and could date a command
before the day on which its key was revoked; so a key that is revoked when the command arrives counts for nothing,
whenever that was done. Nothing is lost by it: the command stays on the phone, and its author, once he signs in there
himself, sends it without needing any key.
"""

from collections.abc import MutableMapping
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from backend.core.database import fetch_row
from backend.people import sessions
from backend.people.actors import Actor
from backend.people.refusals import PersonUnknown
from backend.sync import signatures
from backend.sync.author_keys import KEYS
from backend.sync.push_schemas import CommandAuthor, SyncCommand
from backend.sync.refusals import AuthorUnproven


class Holder(Struct, frozen=True):
    """A key that counts, and its person with today's roles, on the phone it was registered from."""

    key: bytes
    actor: Actor


Known = MutableMapping[UUID, Holder]
"""Keys that were looked up already, for the length of one batch."""


async def author_of(command: SyncCommand, *, carrier: Actor, known: Known | None = None) -> Actor:
    """Who did a command: the carrier where it names nobody, or names him (his session proves more than a key).

    Raises AuthorUnproven (403).
    """
    author = command.author
    if author is None or author.person_id == carrier.person_id:
        return carrier
    known = {} if known is None else known
    holder = known.get(author.key_id) or await _holder(author)
    if holder.actor.person_id != author.person_id:
        raise AuthorUnproven(_OTHERS_KEY, key_id=str(author.key_id))
    content = signatures.signed_bytes(
        id=command.id,
        verb=command.verb,
        captured_at=command.captured_at,
        person_id=author.person_id,
        arguments=bytes(command.arguments),
    )
    if not signatures.is_signed(content, signature=author.signature, key=holder.key):
        raise AuthorUnproven(_NOT_SIGNED, key_id=str(author.key_id))
    known[author.key_id] = holder
    return holder.actor


async def _holder(author: CommandAuthor) -> Holder:
    row = await fetch_row(KEYS + "WHERE k.id = $1", author.key_id)
    if row is None:
        raise AuthorUnproven(_NO_KEY, key_id=str(author.key_id))
    if not row["counts"]:
        raise AuthorUnproven(_REVOKED, key_id=str(author.key_id))
    try:
        actor = await sessions.actor(person_id=row["person"])
    except PersonUnknown as error:
        raise AuthorUnproven("The account of the person who did this is closed.") from error
    return Holder(row["public_key"], replace(actor, device_id=row["device_id"]))


_OTHERS_KEY = "It is signed with the key of somebody else. Whoever did this signs in on this phone and sends it."
_NOT_SIGNED = "The signature does not fit what was sent. Whoever did this signs in on this phone and sends it."
_NO_KEY = "It is signed with a key that is not registered. Whoever did this signs in on this phone and sends it."
_REVOKED = "It is signed with a key that was revoked. Whoever did this signs in on this phone and sends it."
