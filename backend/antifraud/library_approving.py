"""Who lets the library's words be sent: somebody of the police, or a supervisor, of a whole county.

An approval holds on to the words by their hash. A file that changes lacks one again, and nobody has to remember that.
"""

from backend.antifraud import library_queries
from backend.antifraud.library_files import Item, shipped_items, shipped_types
from backend.antifraud.library_lists import recorded
from backend.antifraud.library_refusals import (
    LibraryItemChanged,
    LibraryItemUnknown,
    LibraryItemWrong,
    NotYoursToApprove,
)
from backend.antifraud.library_rules import words_digest, wrongs
from backend.antifraud.library_schemas import LibraryItemRecord, NewLibraryApproval
from backend.antifraud.outreach_tables import LibraryApproval
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people.actors import Actor
from backend.people.tables import Role

COUNTY_DIGITS = 6
PUT_RIGHT_BY_THIS = frozenset({"not_approved", "changed_since_approval", "not_yet_valid"})
"""What an approval mends, or time."""


@transaction
async def approve_library_item(*, name: str, new: NewLibraryApproval, by: Actor) -> Outcome[LibraryItemRecord]:
    """Let an item be sent as it was read. Approved before in these words, by whomever, it stays as it was.

    For supervisors of a county, and for handlers of a police unit whose territory is a county.

    Raises Forbidden, NotYoursToApprove (403), LibraryItemUnknown (404), LibraryItemChanged, LibraryItemWrong,
    DifferentArguments (409).
    """
    await _must_approve(by)
    item = _item(name)
    _check(item, new.sha256)
    approval_id, digest = new.id or ids.uuid7(), bytes.fromhex(new.sha256)
    before = await LibraryApproval.select().where(LibraryApproval.id == approval_id).first()
    if before and (before["item"], before["sha256"], before["approved_by"]) != (name, digest, by.person_id):
        raise DifferentArguments
    made = not before and not await library_queries.approved_words(item=name, sha256=digest)
    if made:
        await LibraryApproval.insert(
            LibraryApproval(id=approval_id, item=name, sha256=digest, approved_by=by.person_id, approved_at=clock.now())
        )
    return Outcome(recorded(item, await library_queries.approvals()), created=made)


@transaction
async def withdraw_library_approval(*, name: str, by: Actor) -> LibraryItemRecord:
    """Let it be sent no longer; done twice it is the same. What was sent is sent.

    Raises Forbidden, NotYoursToApprove (403), LibraryItemUnknown (404).
    """
    await _must_approve(by)
    item = _item(name)
    await LibraryApproval.update({LibraryApproval.withdrawn_at: clock.now()}).where(
        (LibraryApproval.item == name) & LibraryApproval.withdrawn_at.is_null()
    )
    return recorded(item, await library_queries.approvals())


async def may_approve(by: Actor) -> bool:
    """Whether somebody is one of those."""
    whole = [held for held in by.held if any(len(prefix) <= COUNTY_DIGITS for prefix in held.prefixes)]
    if any(held.role is Role.SUPERVISOR for held in whole):
        return True
    units = [held.unit_id for held in whole if held.role is Role.HANDLER and held.unit_id]
    return await library_queries.any_of_the_police(units)


async def _must_approve(by: Actor) -> None:
    by.must_have(Role.SUPERVISOR, Role.HANDLER)
    if not await may_approve(by):
        raise NotYoursToApprove("A supervisor of the county, or a police unit's handler for the county, approves it.")


def _item(name: str) -> Item:
    found = next((item for item in shipped_items() if item.name == name), None)
    if found is None:
        raise LibraryItemUnknown("There is no item “{name}”.", name=name)
    return found


def _check(item: Item, sha256: str) -> None:
    if words_digest(item) != sha256:
        raise LibraryItemChanged("Read it again and approve the words that are there now.", sha256=words_digest(item))
    told = wrongs(item, types=shipped_types(), on=clock.today())
    if lasting := [each for each in told if each.code not in PUT_RIGHT_BY_THIS]:
        raise LibraryItemWrong(lasting)
