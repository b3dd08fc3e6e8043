"""The demo's other system: a city app that may file cases and add to them. Nothing is sent to it."""

from backend.open311.partner_schemas import NewPartner
from backend.open311.partners import open_partner
from backend.people import rules, tokens
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import made_id
from seed.cast import COUNTY, UNITS, holder


async def open311_api_key() -> str:
    """Its key: the same one at every start, as long as SECRET_KEY stays."""
    installation = rules.derived_token("demo partner", COUNTY, key=tokens.derivation_key())
    unit = next(each for each in UNITS if each.key == "masses")
    new = NewPartner(name="高唐随手拍（演示）", unit_id=unit.id, division_codes=[COUNTY])
    opened = await open_partner(
        id=made_id(f"partner/{installation}"), new=new, by=await actor(person_id=holder(Role.ADMIN).id)
    )
    return opened.record.api_key or ""
