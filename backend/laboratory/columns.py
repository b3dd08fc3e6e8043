"""What the columns of one table mean: decided once, by the header, before any row is taken (`taking`)."""

from collections.abc import Sequence

from backend.laboratory import cells, headers
from backend.laboratory.headers import Heading
from backend.laboratory.profiles import Profile

TEXTS = (
    "sample_code", "sample_name", "analyte_text", "limit_text", "channel", "operator", "place", "tested_unit",
    "device_serial", "record_id",
)  # fmt: skip
MEASURING = ("value", "inhibition")
TELLING = frozenset({*MEASURING, "result", "tc_ratio", "sample_delta"})
"""Without one of these a header row has nothing for us."""
FREE_WORDS = frozenset({"", "ignored", "sample_name", "place", "operator", "tested_unit"})
"""Fields in which people write numbers too; those of codes and measurements keep their eleven digits."""


class Meanings:
    """What the columns of one table mean.

    at         field → its columns: the most telling name's, and more than one only where that name stands twice
    measuring  columns of numbers that are results
    kept       what `raw` keeps: its name there, its column, and whether people write freely in it
    text_at    (field, column) of what is taken as it stands
    twice      those of `at` whose name stands more than once
    """

    def __init__(self, texts: Sequence[str], profile: Profile, *, fields: Sequence[str] = ()) -> None:
        """`fields` instead of headers, where a profile tells the columns in their order."""
        self.profile = profile
        self.texts = tuple(texts)
        names = profile.names
        self.headings = (
            [Heading(field or f"{n}", field or "ignored") for n, field in enumerate(fields, start=1)]
            if fields
            else [headers.heading(text, names) for text in texts]
        )
        self.at = self._best()
        self.measuring = [i for i, each in enumerate(self.headings) if self._measures(i, each)]
        self.kept = [(key, i, self.headings[i].field in FREE_WORDS) for i, key in self._keys() if self._shown(i)]
        self.text_at = [(field, self.at[field][0]) for field in TEXTS if field in self.at]
        self.twice = [(field, at) for field, at in self.at.items() if len(at) > 1]

    @property
    def tells(self) -> bool:
        """Whether there is anything to judge in it."""
        return any(each.field in TELLING for each in self.headings)

    def _best(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, each in enumerate(self.headings):
            if each.field and not each.analyte:
                found.setdefault(each.field, []).append(i)
        for field, at in found.items():
            rank = min(self.headings[i].rank for i in at)
            found[field] = [i for i in at if self.headings[i].rank == rank]
        return found

    def _measures(self, i: int, heading: Heading) -> bool:
        if heading.field not in MEASURING:
            return False
        return heading.analyte is not None or self.at[heading.field][0] == i

    def _keys(self) -> list[tuple[int, str]]:
        seen: dict[str, int] = {}
        keys = []
        for i, each in enumerate(self.headings):
            text = cells.clean(each.text) or f"({i + 1})"
            seen[text] = seen.get(text, 0) + 1
            keys.append((i, text if seen[text] == 1 else f"{text} ({seen[text]})"))
        return keys

    def _shown(self, i: int) -> bool:
        return self.headings[i].field != "contact"
