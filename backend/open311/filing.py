"""Filing a case over Open311: the same request twice is one case.

The same: the same Idempotency-Key, or the client's own number (`service_request_id_ext`, `attribute[external_id]`,
`attribute[fixmystreet_id]`); without one of these, the same content of the same key within half an hour.
What we do not keep: e-mail, device_id and account_id. We answer by receipt and telephone, the partner by its own ways.
"""

import re
import unicodedata
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from backend.cases import exchange, opening
from backend.cases.numbers import grouped, plain
from backend.cases.schemas import CategoryRecord, NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.cipher import blind_index
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import say
from backend.open311 import filing_queries as queries
from backend.open311 import services
from backend.open311.answers import REFERENCES, may_be_published, said, wrong_answers
from backend.open311.errors import RequestUnknown, TokenUnknown
from backend.open311.forms import Form
from backend.open311.partners import KnownPartner
from backend.open311.places import Place, place_of
from backend.open311.policies import open311_policy
from backend.open311.reference import Attribute
from backend.open311.tables import Filing

TITLE_CHARACTERS = 60
MOST_WORDS = 4000
DOOR = "open311"
NOT_CONTENT = frozenset({"api_key", "service_request_id_ext"})


class Filed(Struct, frozen=True, kw_only=True):
    """A request that is there. `secret` is told once: on a repeat it is null."""

    token: UUID
    number: str
    secret: str | None
    created: bool


@transaction
async def file_request(*, form: Form, partner: KnownPartner, idempotency_key: str | None = None) -> Filed:
    """Open the case that a form asks for, or find the one it opened before.

    Raises ServiceUnknown (404), Invalid, PointOutside (400), DifferentArguments (409).
    """
    reference, digest = reference_of(form, idempotency_key), digest_of(form)
    await queries.alone_with(partner.id, reference or digest.hex())
    earlier = await _earlier(partner.id, reference, digest)
    if earlier is not None:
        return Filed(token=earlier["id"], number=earlier["number"], secret=None, created=False)
    category, asked = await _service(form)
    place = await place_of(form, partner)
    opened = (await opening.open_case(new=_new(form, category, asked, place), by=None, door=DOOR)).record
    filing = Filing(
        id=ids.uuid7(),
        partner=partner.id,
        case=opened.case.id,
        reference=reference,
        digest=digest,
        published=may_be_published(form.attributes),
        filed_at=clock.now(),
    )
    await Filing.insert(filing)
    await _note(opened.case.id, form, partner)
    return Filed(token=filing.id, number=opened.case.number, secret=opened.secret, created=True)


async def number_of_token(token: str) -> str:
    """The request of a token. Raises TokenUnknown (404)."""
    try:
        found = await queries.by_id(UUID(token))
    except ValueError:
        found = None
    if found is None:
        raise TokenUnknown("There is no token {token}.", token=token)
    return str(found["number"])


async def filed_by(partner: KnownPartner, number: str) -> queries.Row:
    """The case of a number that this partner filed: id and state. Raises RequestUnknown (404)."""
    found = await queries.filed_case(partner.id, plain(number)[:16])
    if found is None:
        raise RequestUnknown("This api_key filed no request {number}.", number=number)
    return found


def reference_of(form: Form, idempotency_key: str | None) -> str | None:
    """The client's own number for the request. Raises Invalid (400) for one of over 200 characters."""
    given = [form["service_request_id_ext"], *(form.attributes.get(name, ("",))[0] for name in REFERENCES)]
    found = (idempotency_key or "").strip() or next((each for each in given if each), None)
    if found and len(found) > 200:
        wrong = FieldError(pointer="service_request_id_ext", detail="Too long: at most {limit} characters.")
        raise Invalid(errors=[msgspec.structs.replace(wrong, facts={"limit": 200})])
    return found


def digest_of(form: Form) -> bytes:
    """What a repeat must equal; keyed, because a plain digest of a phone can be guessed back."""
    fields = {name: value.strip() for name, value in form.fields.items() if value.strip() and name not in NOT_CONTENT}
    given = {code: values for code, values in form.attributes.items() if code not in REFERENCES}
    content = msgspec.json.encode([fields, given], order="deterministic")
    return blind_index(content.decode(), column="open311_filing.digest")


async def _earlier(partner_id: UUID, reference: str | None, digest: bytes) -> queries.Row | None:
    if reference is None:
        since = clock.now() - open311_policy(clock.today()).repeat_within
        return await queries.by_digest(partner_id, digest, since=since)
    found = await queries.by_reference(partner_id, reference)
    if found is not None and found["digest"] != digest:
        raise DifferentArguments("Your {reference} was filed before with other content; it stays.", reference=reference)
    return found


async def _service(form: Form) -> tuple[CategoryRecord, list[Attribute]]:
    if not form["service_code"]:
        wrong = FieldError(pointer="service_code", detail="Say which service; see services.", code="required")
        raise Invalid(errors=[wrong])
    category = await services.service(form["service_code"])
    asked = await services.asked_of(category.code)
    wrongs = wrong_answers(asked, form.attributes)
    if wrongs:
        raise Invalid("The request cannot be so; see errors.", errors=wrongs)
    return category, asked


def _new(form: Form, category: CategoryRecord, asked: list[Attribute], place: Place) -> NewCase:
    words = "\n\n".join(each for each in (form["description"], said(asked, form.attributes)) if each)
    if len(words) > MOST_WORDS:
        wrong = FieldError(pointer="description", detail="Too long: at most {limit} characters.", code="length")
        raise Invalid(errors=[msgspec.structs.replace(wrong, facts={"limit": MOST_WORDS})])
    first_line = re.split(r"[\r\n。！？!?]", form["description"], maxsplit=1)[0].strip()
    return NewCase(
        channel=Channel.OPEN311,
        category_code=category.code,
        title=first_line[:TITLE_CHARACTERS] or category.name_zh,
        description=words,
        division_code=place.division_code,
        point=place.point,
        place_note=place.note,
        contact_name=name_of(form["first_name"], form["last_name"])[:60] or None,
        contact_phone=form["phone"] or None,
    )


def name_of(first: str, last: str) -> str:
    """A name as it is said where it is from.

    >>> name_of("小满", "林"), name_of("Zach", "Williams")
    ('林小满', 'Zach Williams')
    """
    chinese = any(unicodedata.name(each, "").startswith("CJK") for each in first + last)
    return f"{last}{first}" if chinese else f"{first} {last}".strip()


async def _note(case_id: UUID, form: Form, partner: KnownPartner) -> None:
    """What staff alone read: who filed it, and a link to what it shows. We never open the link ourselves."""
    facts: dict[str, object] = {"remark": f"Open311：{partner.name}"}
    link = urlsplit(form["media_url"])
    if link.scheme in ("http", "https") and link.netloc and len(form["media_url"]) <= 500:
        facts["media_url"] = form["media_url"]
    await exchange.note_origin(case_id=case_id, id=uuid5(case_id, "open311 origin"), facts=facts)


def notice(filed: Filed, base_url: str) -> str:
    """What a filer should be told."""
    url = f"{base_url}/r/{filed.number}"
    if filed.secret is None:
        return say("It is number {number}: {url}", number=grouped(filed.number), url=url)
    return say(
        "It is number {number}, its secret {secret}: with both you follow it, say whether it helped, or take it "
        "back at {url}",
        number=grouped(filed.number),
        secret=filed.secret,
        url=url,
    )
