"""The SQL of the learning set: photos of requests whose farmer agreed to it and has not taken it back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.core.database import fetch
from backend.core.statements import Conditions

Row = Mapping[str, Any]

# The newest line of consent counts, the newest answer told to the farmer, and the newest second opinion.
_PHOTOS = """
SELECT DISTINCT ON (p.original) p.id AS photo_id, r.id AS request_id, p.reasons, m.object_path, m.key_sealed,
       m.copy_sizes, m.in_pieces, r.topic, r.organ, r.growth_stage, r.asked_at, c.code AS crop,
       c.eppo_code AS crop_eppo, c.name_zh AS crop_zh, c.name_en AS crop_en, k.code AS label,
       k.eppo_code AS label_eppo, k.name_zh AS label_zh, k.name_en AS label_en, a.kind, a.confidence,
       s.condition AS second_label, s.confidence AS second_confidence,
       n.text_version AS consent_text, n.text_sha256 AS consent_sha256
FROM diagnosis_request r JOIN cases_case x ON x.id = r.id JOIN diagnosis_crop c ON c.code = r.crop
JOIN LATERAL (SELECT * FROM diagnosis_consent n WHERE n.request = r.id AND n.purpose = 'learning'
              ORDER BY n.at DESC, n.id DESC LIMIT 1) n ON n.given
JOIN LATERAL (SELECT * FROM diagnosis_answer a WHERE a.request = r.id AND a.tells_farmer
              ORDER BY a.given_at DESC, a.id DESC LIMIT 1) a ON TRUE
JOIN diagnosis_condition k ON k.code = a.condition
LEFT JOIN LATERAL (SELECT * FROM diagnosis_answer s WHERE s.request = r.id AND s.kind = 'second'
                   ORDER BY s.given_at DESC, s.id DESC LIMIT 1) s ON TRUE
JOIN media_photo p ON p.claimed_kind = 'case' AND p.claimed_id = r.id AND p.state = 'accepted'
JOIN media_original m ON m.sha256 = p.original AND m.kind = 'photo' AND m.key_sealed IS NOT NULL
WHERE r.learning AND r.state <> 'ended' AND x.state NOT IN ('merged', 'withdrawn', 'unreasonable')
  AND NOT EXISTS (SELECT FROM cases_event e WHERE e.case = r.id AND e.kind = 'contact_erased') AND {where}
ORDER BY p.original, r.id, p.id LIMIT {most}
"""


async def photos(*, prefixes: Iterable[str] | None, crop: str | None, most: int | None) -> Sequence[Row]:
    """Up to `most` photos, each original once; under these prefixes (None: everywhere), of one crop if told."""
    found = Conditions()
    if prefixes is not None:
        found.parts.append(found.under("r.division_code", prefixes))
    if crop is not None:
        found.add("r.crop = {}", crop)
    return await fetch(_PHOTOS.format(where=found.sql, most=found.value(most)), *found.values)
