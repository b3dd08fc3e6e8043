"""Duty over HTTP: which hours must be staffed, who is there now."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, JSONBody, QueryParameter

from backend.core.creates import Key, answered, id_for
from backend.core.logs import request_id
from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import MomentQuery
from backend.people.guards import SignedIn
from backend.people.tables import UnitKind
from backend.rosters import duty, duty_rules
from backend.rosters.credentials import NEEDS_SIGN_IN_OR_KEY
from backend.rosters.duty_rule_schemas import DutyRuleRecord, NewDutyRule
from backend.rosters.duty_schemas import DutyAnswer
from backend.rosters.shift_routes import UnitQuery

DivisionQuery = Annotated[
    str | None,
    QueryParameter(description="the units that serve this division", pattern=r"^[0-9]{12}([0-9]{3})?$", max_length=15),
]
PhonesQuery = Annotated[bool, QueryParameter(description="people's own numbers too; every one read is logged")]


@get("/duty-rules", operation_id="listDutyRules", summary="Which hours of a unit must be staffed")
async def list_duty_rules(by: SignedIn, unit_id: FromQuery[UUID]) -> list[DutyRuleRecord]:
    """Those that have not ended."""
    return await duty_rules.list_duty_rules(unit_id=unit_id, by=by)


@post(
    "/duty-rules",
    operation_id="setDutyRule",
    summary="Set which hours of a post must be staffed",
    description="It ends the rule of these weekdays the day before it begins.",
    responses={200: ResponseSpec(DutyRuleRecord, generate_examples=False, description="Set before")},
)
async def set_duty_rule(
    data: JSONBody[NewDutyRule], by: SignedIn, idempotency_key: Key = None
) -> Response[DutyRuleRecord]:
    """By whoever leads the unit."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="setDutyRule")
    return answered(await duty_rules.set_duty_rule(id=id, new=data, by=by))


@get(
    "/on-duty",
    operation_id="whoIsOnDuty",
    summary="Who is on duty now, until when, and who is next",
    description="With unit_id: that unit. With division_code: every unit with a roster that serves the place, its own "
    "first, then up the tree. For telephone exchanges: send an access key as Authorization: Bearer.",
    dependencies=NEEDS_SIGN_IN_OR_KEY,
)
async def who_is_on_duty(
    by: SignedIn,
    unit_id: UnitQuery = None,
    division_code: DivisionQuery = None,
    kind: FromQuery[UnitKind | None] = None,
    at: MomentQuery = None,
    phones: PhonesQuery = False,
) -> DutyAnswer:
    """The unit's public number always; people's own with `phones`, for operators, supervisors and administrators."""
    if (unit_id is None) == (division_code is None):
        wrong = FieldError(pointer="unit_id", detail="Give unit_id or division_code, one of them.")
        raise Invalid("Of which unit, or of which place?", errors=[wrong])
    answer = await duty.who_is_on_duty(by=by, unit_id=unit_id, division_code=division_code, kind=kind, at=at)
    return await duty.with_phones(answer, by=by, request_id=request_id.get()) if phones else answer
