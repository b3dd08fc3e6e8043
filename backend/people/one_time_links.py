"""First sign-ins, and forgotten passwords: a link that works once, and the password that is set with it."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import transaction
from backend.people import passwords, rules, sign_in_queries
from backend.people.access_tables import OneTimeLink
from backend.people.actors import Actor
from backend.people.administering import must_administer
from backend.people.policies import sign_in_policy
from backend.people.refusals import LinkSpent
from backend.people.schemas import OneTimeLinkShown, PersonRecord, person_record
from backend.people.tables import Person


@transaction
async def make_one_time_link(*, person_id: UUID, by: Actor | None = None) -> str:
    """The token of a first sign-in (or of a forgotten password), valid as long as the policy says. Earlier ones end.

    Raises PersonUnknown (404) for an account outside the administrator's territory too.
    """
    await must_administer(person_id, by)
    now = clock.now()
    token = secrets.token_urlsafe(32)
    waiting = (OneTimeLink.person == person_id) & OneTimeLink.used_at.is_null() & (OneTimeLink.expires_at > now)
    await OneTimeLink.update({OneTimeLink.expires_at: now}).where(waiting)
    await OneTimeLink.insert(
        OneTimeLink(
            id=ids.uuid7(),
            person=person_id,
            token_sha256=rules.sha256(token),
            made_by=by and by.person_id,
            expires_at=now + sign_in_policy(clock.today()).link_valid_for,
        )
    )
    return token


async def show_one_time_link(*, token: str) -> OneTimeLinkShown:
    """Whose link it is. Looking uses nothing up: WeChat opens links before people do. Raises LinkSpent (410)."""
    link = await sign_in_queries.link_locked(token_sha256=rules.sha256(token))
    if link is None or link["used_at"] or link["expires_at"] <= clock.now():
        raise LinkSpent
    return OneTimeLinkShown(name=link["name"], expires_at=link["expires_at"])


async def use_one_time_link(*, token: str, password: str) -> PersonRecord:
    """Set the password; everything signed in before is void. Raises LinkSpent (410), Invalid (400).

    Sent again with the same password while the link would still be valid (the answer was lost), it says yes again.
    """
    # hashed outside the transaction, which would hold a connection meanwhile
    encoded = await passwords.hash_password(rules.checked_password(password))
    link = await _used(rules.sha256(token), encoded)
    if link["used_at"] and not await passwords.matches(password, link["password_hash"]):
        raise LinkSpent
    row = await Person.select().where(Person.id == link["person"]).first()
    return person_record(row or {})


@transaction
async def _used(token_sha256: bytes, encoded: str) -> Mapping[str, Any]:
    """The link as it was before this use, with the person's password hash as it was."""
    link = await sign_in_queries.link_locked(token_sha256=token_sha256)
    if link is None or link["expires_at"] <= clock.now():
        raise LinkSpent
    if link["used_at"] is None:
        await OneTimeLink.update({OneTimeLink.used_at: clock.now()}).where(OneTimeLink.id == link["id"])
        await set_password_hash(person_id=link["person"], encoded=encoded)
    return link


@transaction
async def set_password_hash(*, person_id: UUID, encoded: str) -> None:
    """Put a new password in place: whatever was signed in with the old one is void, a lock-out is over."""
    await Person.update({Person.password_hash: encoded}).where(Person.id == person_id)
    await sign_in_queries.bump_epoch(person_id=person_id)
    await sign_in_queries.forget_failures(person_id=person_id)


async def set_first_password(*, person_id: UUID, password: str) -> None:
    """A password without a link: for the demo, whose passwords are printed."""
    encoded = await passwords.hash_password(rules.checked_password(password))
    await set_password_hash(person_id=person_id, encoded=encoded)
