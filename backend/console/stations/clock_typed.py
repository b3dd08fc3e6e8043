"""Hours as people type them: 8:30, 830, 08：30. Pure."""

import re
import unicodedata

_CLOCK = re.compile(r"^(\d{1,2})[:.时点]?(\d{2})?分?$")


def clock_typed(text: str) -> str | None:
    """As records have it, or None where it is no time of the day.

    >>> [clock_typed(text) for text in ("8:30", "０８：３０", "1730", "9", "24:00", "25:00", "half past")]
    ['08:30', '08:30', '17:30', '09:00', '24:00', None, None]
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    found = _CLOCK.match(plain)
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    return f"{hours:02d}:{minutes:02d}" if (hours < 24 and minutes < 60) or (hours, minutes) == (24, 0) else None
