"""Bodies that a reader can send as they stand: tests send each one to the demo's kind of county."""

from typing import Any

_CALL = {
    "id": "01936f2c-8a4e-7c3b-9d21-5f0e6a7b8c9d",
    "channel": "call",
    "occurred_at": "2026-11-20T15:31:52+08:00",
    "household_code": "LLM-001",
    "note": "问了小麦浇冻水",
}
_VISIT = {
    "id": "01936f2d-1b07-7a52-8f34-c1d2e3f4a5b6",
    "channel": "visit",
    "occurred_at": "2026-11-20T16:05:10+08:00",
    "household_code": "LLM-001",
    "point": {"longitude": 116.28, "latitude": 36.9, "crs": "wgs84", "accuracy_m": 12},
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "recordVisit": {"byTelephone": _CALL, "atTheDoor": _VISIT},
    "recordVisits": {"aDayOffline": {"visits": [_CALL, _VISIT]}},
}
"""operationId: name of the example, and the JSON body."""


def show(operation: dict[str, Any]) -> None:
    """Put an operation's examples beside its body's schema."""
    if known := EXAMPLES.get(operation["operationId"]):
        media = operation["requestBody"]["content"]["application/json"]
        media["examples"] = {name: {"value": body} for name, body in known.items()}
