"""JSON and moments as they travel."""

import json
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def compact(value: Any) -> str:
    """JSON without blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def rfc3339(moment: datetime) -> str:
    """In UTC, to the millisecond.

    >>> rfc3339(datetime(2026, 11, 20, 15, 31, 52, 120_000, tzinfo=UTC))
    '2026-11-20T15:31:52.120Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
