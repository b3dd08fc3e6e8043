"""What an administrator does with what was published: close a form, withdraw a version."""

from backend.core.database import transaction
from backend.kits import queries
from backend.kits.lists import look_anew, record_of
from backend.kits.refusals import KitUnknown
from backend.kits.schemas import KitFormRecord, KitRecord
from backend.kits.words import FormState
from backend.people.actors import Actor
from backend.people.tables import Role


@transaction
async def set_form_state(*, form_id: str, version: str, state: FormState, by: Actor) -> KitFormRecord:
    """Idempotent. Raises Forbidden (403), KitUnknown (404)."""
    by.must_have(Role.ADMIN)
    row = await queries.form_row(form_id, version)
    if row is None:
        raise KitUnknown("There is no form {form} with version {version}.", form=form_id[:60], version=version[:60])
    await queries.set_state(form_id, version, state)
    look_anew()
    return KitFormRecord(form_id, version, row["title"], state)


@transaction
async def withdraw_kit(*, kit_id: str, version: str, by: Actor) -> KitRecord:
    """Take a version back: phones get the newest of the others, or none. What they still send of its forms is taken.

    Idempotent. Raises Forbidden (403), KitUnknown (404).
    """
    by.must_have(Role.ADMIN)
    if await queries.version_of(kit_id, version) is None:
        raise KitUnknown("There is no kit {kit} with version {version}.", kit=kit_id[:40], version=version[:20])
    await queries.withdraw(kit_id, version)
    row = await queries.version_of(kit_id, version)
    assert row is not None  # noqa: S101 - it was there, and versions are never deleted
    return await record_of(row)
