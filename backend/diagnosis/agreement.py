"""How well diagnoses agree: one figure for a territory or a studio, never one for a person."""

from datetime import date, timedelta

from backend.core import clock
from backend.diagnosis import opinion_queries as queries
from backend.diagnosis.agreement_rules import cohens_kappa
from backend.diagnosis.answer_schemas import AgreementRecord
from backend.diagnosis.policies import diagnosis_policy
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role

A_YEAR = timedelta(days=365)


async def get_agreement(
    *, by: Actor, since: date | None = None, until: date | None = None, crop_code: str | None = None
) -> AgreementRecord:
    """Agreement of blind second opinions with what the farmer was told, of the last year unless told.

    Supervisors, auditors and admins read their territory's, experts their studio's. Raises Forbidden (403).
    """
    by.must_have(*OVERSEERS, Role.EXPERT)
    until = until or clock.today()
    since = since or until - A_YEAR
    rows = await queries.pairs(
        prefixes=by.prefixes(OVERSEERS),
        units=[held.unit_id for held in by.held if held.role == Role.EXPERT and held.unit_id],
        since=since,
        until=until,
        crop_code=crop_code,
    )
    coded = [(row["first_code"], row["second_code"]) for row in rows if row["first_code"] and row["second_code"]]
    least_n = diagnosis_policy(clock.today()).agreement_least_n
    too_few = len(coded) < least_n
    found = None if too_few else cohens_kappa(coded)
    return AgreementRecord(
        since=since,
        until=until,
        crop_code=crop_code,
        pairs_n=len(rows),
        n=len(coded),
        least_n=least_n,
        too_few=too_few,
        observed=_rounded(found.observed if found else None),
        kappa=_rounded(found.kappa if found else None),
        kappa_low=_rounded(found.low if found else None),
        kappa_high=_rounded(found.high if found else None),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
