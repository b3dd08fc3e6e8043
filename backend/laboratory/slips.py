"""Slips: what a farmer takes home after he handed a sample in. The code in its QR opens his page, /s/{code}.

Like a station's code it follows from the sample's id and the server's secret, and only its hash is stored: a copied
database opens nothing, and a slip can be printed again. It stands for whoever holds the paper; no name is behind it.
"""

from uuid import UUID

from backend.core import clock
from backend.core.database import fetch_row
from backend.core.settings import settings
from backend.laboratory.sample_refusals import SlipBusy, SlipVoid
from backend.people import rules, tokens
from backend.people.allowances import take
from backend.people.policies import station_policy

PURPOSE = "laboratory slip"


def slip_code(sample_id: UUID) -> str:
    """The code of a sample's slip, 16 letters that nobody mistakes, grouped as it is printed."""
    return rules.grouped(_plain(sample_id))


def slip_sha256(sample_id: UUID) -> bytes:
    """What is stored of it."""
    return rules.sha256(_plain(sample_id))


def slip_url(sample_id: UUID) -> str:
    """Where the farmer's page is. Without PUBLIC_URL it is a path."""
    return f"{settings().public_url.rstrip('/')}/s/{slip_code(sample_id)}"


async def sample_of_slip(code: str, *, address: str) -> UUID:
    """The sample of a slip, its code read as people write it: any case, blanks or hyphens between, O for 0.

    address  where it comes from: who tries wrong ones again and again is told to wait, as with stations' codes

    Raises SlipVoid (404), SlipBusy (429). Call it outside a transaction.
    """
    read = rules.station_code(code)
    row = read and await fetch_row("SELECT id FROM laboratory_sample WHERE slip_sha256 = $1", rules.sha256(read))
    if row:
        found: UUID = row["id"]
        return found
    wait = await take(f"wrong slip {address}", station_policy(clock.today()).wrong_codes_per_address)
    raise SlipBusy(wait) if wait is not None else SlipVoid


def _plain(sample_id: UUID) -> str:
    return rules.code_of(rules.derived_token(PURPOSE, str(sample_id), key=tokens.derivation_key()))
