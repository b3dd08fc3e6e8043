"""How one gets into the demo: a password, a token and an ODK Collect address for one account of each role."""

import hashlib
import hmac
from datetime import timedelta

import msgspec

from backend.core.settings import settings
from backend.people import passwords
from backend.people.keys import actor_of_access_key, make_access_key, open_access_key
from backend.people.one_time_links import set_first_password
from backend.people.refusals import TokenVoid
from backend.people.sessions import access_token_for, actor
from backend.people.tables import Person
from seed import made_id
from seed.cast import EVERYBODY, ONE_PER_ROLE, Member

TOKEN_VALID_FOR = timedelta(days=30)
KEY_PURPOSE = "odk-collect"
EASILY_TOLD_APART = "23456789abcdefghjkmnpqrstuvwxyz"


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What one types to get in, the same at every start."""

    role: str
    name: str
    phone: str
    password: str


class Account(SignIn, frozen=True, kw_only=True):
    """One line of demo.json's `accounts`."""

    access_token: str
    openrosa_url: str


def password() -> str:
    """The one password of every demo account: made from this installation's SECRET_KEY, so a restart keeps it."""
    digest = hmac.new(settings().secret_key.encode(), b"demo password", hashlib.sha256).digest()
    return "gaotang-" + "".join(EASILY_TOLD_APART[byte % len(EASILY_TOLD_APART)] for byte in digest[:8])


async def set_passwords() -> None:
    """Give every account of the cast the demo's password, where it has another or none."""
    rows = await Person.select(Person.id, Person.password_hash).where(
        Person.id.is_in([member.id for member in EVERYBODY])
    )
    for row in rows:
        if row["password_hash"] is None or not await passwords.matches(password(), row["password_hash"]):
            await set_first_password(person_id=row["id"], password=password())


async def open_accounts(base_url: str) -> list[Account]:
    """What demo.json tells about one account of each role."""
    return [await _account(member, base_url) for member in ONE_PER_ROLE]


def sign_in(member: Member) -> SignIn:
    """How one of the cast signs in."""
    phone = member.phone.replace(" ", "")
    return SignIn(role=member.role.value, name=member.name, phone=phone, password=password())


async def _account(member: Member, base_url: str) -> Account:
    return Account(
        **msgspec.structs.asdict(sign_in(member)),
        access_token=await access_token_for(person_id=member.id, valid_for=TOKEN_VALID_FOR),
        openrosa_url=f"{base_url}/openrosa/key/{await _key(member)}",
    )


async def _key(member: Member) -> str:
    """The same key as last time, so that a phone stays set up; another where it was revoked or SECRET_KEY changed."""
    by = await actor(person_id=member.id)
    key = (await open_access_key(id=made_id(f"key/{member.phone}"), purpose=KEY_PURPOSE, by=by)).record.key
    try:
        await actor_of_access_key(key or "")
    except TokenVoid:
        return await make_access_key(person_id=member.id, purpose=KEY_PURPOSE)
    return key or ""
