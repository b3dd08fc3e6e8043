"""Which photos a reader sees, and which of them a list asks for, as parts of statements."""

from backend.core.clock import today
from backend.core.statements import Values, under
from backend.media.filters import PhotoFilters
from backend.people.actors import Scope
from backend.people.household_queries import SERVED_ON

_NEAR = """
SELECT q.id AS photo_id, q.distance FROM (
    SELECT q.*, 0 AS distance
    FROM media_photo q WHERE q.original = p.original AND q.id <> p.id
    UNION ALL
    SELECT q.*, n.distance
    FROM media_near_duplicate n JOIN media_photo q ON q.original = n.other WHERE n.original = p.original
) q WHERE {seen}
"""


def seen_by(scope: Scope, alias: str, values: Values) -> str:
    """That a photo is the asker's own, lies in his territory, belongs to a household that he serves today, or was
    brought to a unit of his and no record has claimed it."""
    person, day = values(scope.person_id), values(today())
    covered = under(f"{alias}.division_code", scope.prefixes, values)
    served = SERVED_ON.replace("${n}", day)
    return (
        f"({alias}.uploaded_by = {person} OR {covered} OR {alias}.household IN "
        f"(SELECT s.household FROM people_household_service s WHERE s.person = {person} AND {served}) "
        f"OR ({alias}.claimed_id IS NULL AND {alias}.unit IN ({_units(person, day)})))"
    )


def _units(person: str, day: str) -> str:
    """The units in which somebody holds a role on a day."""
    return (
        f"SELECT r.unit FROM people_role_assignment r WHERE r.person = {person} AND r.unit IS NOT NULL "
        f"AND r.valid_from <= {day} AND (r.valid_to IS NULL OR r.valid_to >= {day})"
    )


def own_or_overseen(scope: Scope, values: Values) -> str:
    """`seen_by` for a list: a union of indexes, where one OR would make PostgreSQL read every photo of the county."""
    person, day = values(scope.person_id), values(today())
    own = (
        f"SELECT m.id FROM media_photo m WHERE m.uploaded_by = {person} UNION ALL SELECT m.id FROM media_photo m "
        f"JOIN people_household_service s ON s.household = m.household WHERE s.person = {person} "
        f"AND {SERVED_ON.replace('${n}', day)} UNION ALL SELECT m.id FROM media_photo m "
        f"WHERE m.claimed_id IS NULL AND m.unit IN ({_units(person, day)})"
    )
    if not scope.prefixes:
        return f"p.id IN ({own})"
    covered = under("p.division_code", scope.prefixes, values)
    return f"({covered} OR p.id IN ({own}))"


def near_duplicates(scope: Scope, values: Values) -> str:
    """Photos that look like `p`, or are the same, and that the reader sees: `photo_id` and `distance`."""
    return _NEAR.format(seen=seen_by(scope, "q", values))


def filtered(filters: PhotoFilters, values: Values, scope: Scope) -> list[str]:
    """What the filters ask for, as conditions."""
    equal = {
        "p.state": filters.state,
        "o.kind": filters.kind,
        "p.claimed_kind": filters.record_kind,
        "p.claimed_id": filters.record_id,
        "p.uploaded_by": filters.uploaded_by,
    }
    found = [f"{column} = {values(value)}" for column, value in equal.items() if value is not None]
    if filters.reason is not None:
        found.append(f"{values(filters.reason)} = ANY (p.reasons)")
    if filters.prefixes is not None:
        found.append(under("p.division_code", filters.prefixes, values))
    if filters.received_from is not None:
        found.append(f"p.received_at >= {values(filters.received_from)}")
    if filters.received_to is not None:
        found.append(f"p.received_at < {values(filters.received_to)}")
    if filters.near_duplicate is not None:
        near = near_duplicates(scope, values)
        found.append(f"{'' if filters.near_duplicate else 'NOT '}EXISTS ({near})")
    return found
