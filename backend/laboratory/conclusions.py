"""What several readings of one analyte come to: a first positive that measuring again did not find counts no more.

Nothing is judged here: of the judgements that count, one is chosen, and how sure it is by now is said beside it.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from backend.laboratory.words import RetestKind, RetestState, SoilCategory, Verdict

HIGH = frozenset({Verdict.POSITIVE, Verdict.SUSPECT})
ANOTHER_METHOD = frozenset({RetestKind.CONFIRMATION, RetestKind.OBJECTION})
WORST_FIRST = (Verdict.POSITIVE, Verdict.SUSPECT, None, Verdict.NEGATIVE)
"""Null: measured, but no rule could say anything. Invalid stands outside: it says nothing of the sample."""


class MeasuredAgain(Struct, frozen=True):
    """One repeat, confirmation or objection, and what became of it."""

    kind: RetestKind
    state: RetestState


class Taken(Struct, frozen=True, kw_only=True):
    """One reading as it was judged, with what was asked of it again. Row classes extend it."""

    verdict: Verdict | None = None
    grade: int | None = None
    ph_class: str | None = None
    category: SoilCategory | None = None
    again: tuple[MeasuredAgain, ...] = ()

    @property
    def overturned(self) -> bool:
        """Whether measuring again did not find it: another method, or every repeat there was."""
        if any(each.state is RetestState.OVERTURNED for each in self._of(ANOTHER_METHOD)):
            return True
        repeats = self._of({RetestKind.REPEAT})
        return bool(repeats) and all(each.state is RetestState.OVERTURNED for each in repeats)

    @property
    def confirmed(self) -> bool:
        """Whether another method found the same."""
        return any(each.state is RetestState.UPHELD for each in self._of(ANOTHER_METHOD))

    @property
    def repeats_open(self) -> int:
        """How often it is to be measured again before anything is said of it."""
        return sum(each.state is RetestState.OPEN for each in self._of({RetestKind.REPEAT}))

    @property
    def repeats_upheld(self) -> int:
        """How often measuring again found the same."""
        return sum(each.state is RetestState.UPHELD for each in self._of({RetestKind.REPEAT}))

    def _of(self, kinds: Iterable[RetestKind]) -> list[MeasuredAgain]:
        return [each for each in self.again if each.kind in kinds and each.state is not RetestState.WITHDRAWN]


class Standing(StrEnum):
    """How sure a finding is.

    found       measured; nothing is asked of it again
    repeating   positive or suspect at first: it is measured again before anything is said
    repeated    measured again by the same method, it is the same
    confirmed   another method found the same
    cleared     high at first; measuring again did not find it (its verdict may still be the first one's, where
                another method measured something else)
    """

    FOUND = "found"
    REPEATING = "repeating"
    REPEATED = "repeated"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


class Conclusion(Struct, frozen=True):
    """What readings of one analyte come to: the one that counts, and how sure it is.

    repeats_open  how often it is measured again before it counts
    takes_n       how often it was measured; of these it was high (positive or suspect) `high_n` times
    """

    counts: Taken
    standing: Standing
    repeats_open: int
    takes_n: int
    high_n: int


def conclude(takes: Sequence[Taken]) -> Conclusion:
    """Of readings of one analyte, the oldest first, at least one.

    An invalid reading counts only where there is no other; one that was overturned only where nothing else is left.
    The worst of the rest counts, of equal ones the one about which most was asked, then the newest.

    >>> twice = (MeasuredAgain(RetestKind.REPEAT, RetestState.OVERTURNED),) * 2
    >>> found = conclude([Taken(verdict=Verdict.POSITIVE, again=twice), Taken(verdict=Verdict.NEGATIVE)])
    >>> found.counts.verdict.value, found.standing.value, found.takes_n, found.high_n
    ('negative', 'cleared', 2, 1)
    """
    said = [each for each in takes if each.verdict is not Verdict.INVALID] or list(takes)
    left = [each for each in said if not each.overturned] or said
    worst = min(_badness(each) for each in left)
    found = max(
        enumerate(each for each in left if _badness(each) == worst), key=lambda pair: (bool(pair[1].again), pair[0])
    )[1]
    return Conclusion(
        counts=found,
        standing=_standing(found, left, was_overturned=any(each.overturned for each in said)),
        repeats_open=sum(each.repeats_open for each in left),
        takes_n=len(said),
        high_n=sum(each.verdict in HIGH for each in said),
    )


def _badness(taken: Taken) -> int:
    if taken.verdict is Verdict.INVALID:
        return len(WORST_FIRST)
    if taken.grade or taken.ph_class or taken.category:
        return 0
    return WORST_FIRST.index(taken.verdict)


def _standing(found: Taken, left: Sequence[Taken], *, was_overturned: bool) -> Standing:
    """What was asked of a first reading speaks for the ones that answered it, too."""
    if found.overturned or (was_overturned and found.verdict is not Verdict.POSITIVE):
        return Standing.CLEARED
    if any(each.confirmed for each in left):
        return Standing.CONFIRMED
    if any(each.repeats_open for each in left):
        return Standing.REPEATING
    return Standing.REPEATED if any(each.repeats_upheld for each in left) else Standing.FOUND
