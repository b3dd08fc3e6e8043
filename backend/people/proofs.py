"""Checking a phone number and a password, with the lock-out; the same steps and answers for phones nobody has."""

import hashlib
import hmac
import os
from collections import OrderedDict
from datetime import datetime

from backend.core import clock
from backend.core.cipher import blind_index
from backend.people import passwords, rules, sign_in_queries
from backend.people.access_tables import SignInAttempt
from backend.people.policies import sign_in_policy
from backend.people.refusals import SignInLocked, SignInRefused
from backend.people.sign_in_queries import Credentials
from backend.people.tables import Person

PHONE_COLUMN = "people_person.phone"

_MEMO_SIZE = 2_000
_memo_key = os.urandom(32)
_memo: OrderedDict[bytes, tuple[datetime, Credentials]] = OrderedDict()
"""Who proved himself within the last minute, by a keyed hash that only this process can work out.

A client of HTTP Basic sends the password with every request, and argon2 costs 20 ms and 19 MiB each time. An entry
counts only while the person's epoch and password are those it was made with: a sign-out or a new password ends it.
"""


async def proven(*, phone: str, password: str, remembered: bool = False) -> Credentials:
    """Whose phone number and password these are. Raises SignInRefused (401), SignInLocked (429), Invalid (400)."""
    index = blind_index(rules.normal_phone(phone), column=PHONE_COLUMN)
    if remembered and (known := await _remembered(index, password)):
        return known
    async with passwords.turn:  # the lock is looked at inside: of a burst of guesses only `turn` many overshoot it
        found = await _verified(index, password)
    if remembered:
        _remember(index, password, found)
    return found


async def _verified(index: bytes, password: str) -> Credentials:
    if until := await sign_in_queries.locked_until(phone_index=index):
        raise SignInLocked(until)
    found = await sign_in_queries.credentials(phone_index=index)
    if not await passwords.matches(password, found.password_hash if found else None) or found is None:
        await _note_failure(index)
        raise SignInRefused
    await SignInAttempt.delete().where(SignInAttempt.phone_index == index)
    await _renew_hash(found, password)
    return found


async def _note_failure(index: bytes) -> None:
    policy = sign_in_policy(clock.today())
    forget_before = clock.now() - policy.forget_failures_after
    failures = await sign_in_queries.count_failure(phone_index=index, forget_before=forget_before)
    if span := rules.lock_span(failures, policy):
        await SignInAttempt.update({SignInAttempt.locked_until: clock.now() + span}).where(
            SignInAttempt.phone_index == index
        )


async def _renew_hash(found: Credentials, password: str) -> None:
    if found.password_hash and passwords.outdated(found.password_hash):
        renewed = await passwords.hash_password(password)
        await Person.update({Person.password_hash: renewed}).where(Person.id == found.person_id)


async def _remembered(index: bytes, password: str) -> Credentials | None:
    entry = _memo.get(_memo_name(index, password))
    if entry is None or entry[0] <= clock.now():
        return None
    return entry[1] if await sign_in_queries.credentials(phone_index=index) == entry[1] else None


def _remember(index: bytes, password: str, found: Credentials) -> None:
    name = _memo_name(index, password)
    _memo[name] = (clock.now() + sign_in_policy(clock.today()).password_memo, found)
    _memo.move_to_end(name)
    while len(_memo) > _MEMO_SIZE:
        _memo.popitem(last=False)


def _memo_name(index: bytes, password: str) -> bytes:
    return hmac.new(_memo_key, index + password.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
