"""Signing in, staying signed in, signing out: what turns a phone number and a password into an actor.

access token    15 minutes (ACCESS_TOKEN_MINUTES), held against `session_epoch` and the device at every request
refresh token   30 days (REFRESH_TOKEN_DAYS), used once; its successor is derived from it, so a phone that lost the
                answer gets the very same successor for 30 s; shown again later it shuts its family
session token   12 hours, for the browser's cookie
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.settings import settings
from backend.people import rules, sign_in_queries, standings, tokens
from backend.people.access_tables import RefreshToken
from backend.people.actors import Actor
from backend.people.devices import device_of
from backend.people.policies import sign_in_policy
from backend.people.proofs import proven
from backend.people.refusals import PersonUnknown, RefreshTokenReused, TokenVoid
from backend.people.schemas import Tokens
from backend.people.tokens import Kind


class SessionToken(msgspec.Struct, frozen=True):
    """What the browser's cookie holds, and for how long."""

    token: str
    valid_for: timedelta


async def sign_in(*, phone: str, password: str, device_label: str = "", device_id: UUID | None = None) -> Tokens:
    """A pair of tokens for the right phone number and password.

    Raises SignInRefused (401), SignInLocked (429); neither tells whether the phone has an account.
    """
    who = await proven(phone=phone, password=password)
    return await _begin(person_id=who.person_id, epoch=who.epoch, device_label=device_label, device_id=device_id)


async def open_session(*, phone: str, password: str) -> SessionToken:
    """A session token for the browser's cookie (`guards.session_cookie`). Raises as `sign_in` does."""
    who = await proven(phone=phone, password=password)
    valid_for = sign_in_policy(clock.today()).session_valid_for
    token = tokens.issue(
        person_id=who.person_id, epoch=who.epoch, device_id=None, kind=Kind.SESSION, valid_for=valid_for
    )
    return SessionToken(token, valid_for)


async def refresh(*, refresh_token: str) -> Tokens:
    """The next pair. Raises TokenVoid (401), RefreshTokenReused (401) after shutting the family."""
    pair, reused = await _rotate(refresh_token)
    if reused:
        raise RefreshTokenReused
    if pair is None:
        raise TokenVoid
    return pair


@transaction
async def _rotate(token: str) -> tuple[Tokens | None, bool]:
    """The pair or None, and whether a stolen token was seen. It raises nothing: shutting a family must commit."""
    row = await sign_in_queries.refresh_token_locked(token_sha256=rules.sha256(token))
    if row is None or row["revoked_at"] or row["expires_at"] <= clock.now() or not row["may_enter"]:
        return None, False
    successor = rules.derived_token("refresh", token, key=tokens.derivation_key())
    if row["used_at"] is None:
        await RefreshToken.update({RefreshToken.used_at: clock.now()}).where(RefreshToken.id == row["id"])
        await _keep(successor, family=row["family"], person_id=row["person"], device_id=row["device"])
    elif not rules.may_reissue(
        used_at=row["used_at"],
        successor_used=await sign_in_queries.refresh_token_used(token_sha256=rules.sha256(successor)),
        at=clock.now(),
        policy=sign_in_policy(clock.today()),
    ):
        await _shut(row["family"])
        return None, True
    return _pair(successor, person_id=row["person"], epoch=row["session_epoch"], device_id=row["device"]), False


async def sign_out_everywhere(*, by: Actor) -> None:
    """Void every access, session and refresh token and every access key of this person, from the next request on."""
    await sign_in_queries.bump_epoch(person_id=by.person_id)


async def actor_of_access_token(token: str, *, kind: Kind = Kind.ACCESS) -> Actor:
    """The holder of a token, with today's roles. One round trip. Raises TokenVoid (401)."""
    claims = tokens.read(token, kind=kind)
    standing = await standings.standing(person_id=claims.sub, device_id=claims.device)
    if standing is None or not standing.may_enter or standing.epoch != claims.epoch:
        raise TokenVoid
    return standing.actor


async def actor_of_password(phone: str, password: str) -> Actor:
    """Whoever signs in with HTTP Basic, for clients that know nothing else. Raises SignInRefused, SignInLocked."""
    who = await proven(phone=phone, password=password, remembered=True)
    return await actor(person_id=who.person_id)


async def actor(*, person_id: UUID) -> Actor:
    """A person with today's roles, without any token: for the seed, jobs and tests. Raises PersonUnknown (404)."""
    standing = await standings.standing(person_id=person_id)
    if standing is None or not standing.may_enter:
        raise PersonUnknown
    return standing.actor


async def access_token_for(*, person_id: UUID, valid_for: timedelta) -> str:
    """An access token without a sign-in: for the demo and tests. Raises PersonUnknown (404)."""
    standing = await standings.standing(person_id=person_id)
    if standing is None or not standing.may_enter:
        raise PersonUnknown
    return tokens.issue(
        person_id=person_id, epoch=standing.epoch, device_id=None, kind=Kind.ACCESS, valid_for=valid_for
    )


@transaction
async def _begin(*, person_id: UUID, epoch: int, device_label: str, device_id: UUID | None) -> Tokens:
    device = await device_of(person_id=person_id, label=device_label, device_id=device_id)
    family = ids.uuid7()
    seed = rules.derived_token("family", str(family), key=tokens.derivation_key())
    await _keep(seed, family=family, person_id=person_id, device_id=device)
    return _pair(seed, person_id=person_id, epoch=epoch, device_id=device)


async def _keep(token: str, *, family: UUID, person_id: UUID, device_id: UUID | None) -> None:
    await RefreshToken.insert(
        RefreshToken(
            id=ids.uuid7(),
            family=family,
            person=person_id,
            device=device_id,
            token_sha256=rules.sha256(token),
            issued_at=clock.now(),
            expires_at=clock.now() + _refresh_span(),
        )
    )


async def _shut(family: UUID) -> None:
    open_ones = (RefreshToken.family == family) & RefreshToken.revoked_at.is_null()
    await RefreshToken.update({RefreshToken.revoked_at: clock.now()}).where(open_ones)


def _pair(refresh_token: str, *, person_id: UUID, epoch: int, device_id: UUID) -> Tokens:
    span = timedelta(minutes=settings().access_token_minutes)
    return Tokens(
        access_token=tokens.issue(
            person_id=person_id, epoch=epoch, device_id=device_id, kind=Kind.ACCESS, valid_for=span
        ),
        access_expires_at=clock.now() + span,
        refresh_token=refresh_token,
        refresh_expires_at=clock.now() + _refresh_span(),
        device_id=device_id,
    )


def _refresh_span() -> timedelta:
    return timedelta(days=settings().refresh_token_days)
