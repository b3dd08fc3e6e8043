"""Whom a notice is for, as SQL: subjects named one by one, or an audience of a place.

Each gives `subject, subject_kind, division_code`; $17 and up follow the plan's own sixteen (`planning_queries`).
"""

NAMED = """
SELECT DISTINCT w.subject, CASE WHEN p.id IS NOT NULL THEN 'person' WHEN h.id IS NOT NULL THEN 'household'
       ELSE 'citizen' END AS subject_kind, COALESCE(h.division_code, home.code, own.division_code) AS division_code
FROM unnest($17::uuid[]) AS w(subject)
LEFT JOIN people_person p ON p.id = w.subject
LEFT JOIN people_household h ON h.id = w.subject
LEFT JOIN LATERAL (
    SELECT v.code FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    WHERE r.person = p.id AND r.valid_from <= $18 AND (r.valid_to IS NULL OR r.valid_to >= $18)
    ORDER BY length(v.prefix) DESC, v.code LIMIT 1
) home ON TRUE
LEFT JOIN LATERAL (
    SELECT c.division_code FROM push_address c WHERE c.subject = w.subject AND c.dead_at IS NULL
    AND p.id IS NULL AND h.id IS NULL LIMIT 1
) own ON TRUE
"""
"""$17 subjects, $18 the day."""

AUDIENCE = """
SELECT * FROM (
    SELECT DISTINCT ON (r.person) r.person AS subject, 'person' AS subject_kind, v.code AS division_code
    FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
    JOIN people_person p ON p.id = r.person AND p.closed_at IS NULL
    WHERE r.role = ANY($19::text[]) AND r.valid_from <= $18 AND (r.valid_to IS NULL OR r.valid_to >= $18)
    AND EXISTS (SELECT FROM unnest($17::text[]) AS x(prefix) WHERE starts_with(v.code, x.prefix))
    ORDER BY r.person
) staff
UNION ALL
SELECT * FROM (
    SELECT DISTINCT ON (c.subject) c.subject, c.subject_kind, c.division_code
    FROM unnest($17::text[]) AS x(prefix) JOIN push_address c
        ON c.division_code >= x.prefix AND c.division_code < x.prefix || ':'
    WHERE $20 AND c.dead_at IS NULL AND c.subject_kind <> 'person'
    AND (cardinality($21::text[]) = 0 OR c.interests && $21::varchar[])
    ORDER BY c.subject
) citizens
"""
"""$17 prefixes, $18 the day, $19 roles, $20 whether citizens, too, $21 their interests; empty: any."""
