"""What has to be measured again, and what answers it. Pure: rows in, a plan out.

A finding by enzyme inhibition (positive or suspect) is repeated; if it stays, another method confirms it. A strip that
finds something is confirmed at once: its own maker says so. What nothing can be said of answers nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from backend.core.refusals import FieldError, Invalid
from backend.laboratory.naming import analyte
from backend.laboratory.retest_policies import RetestPolicy
from backend.laboratory.words import Method, RetestState, Verdict

RAPID = frozenset({Method.ENZYME_INHIBITION, Method.STRIP})
"""Methods by which nothing is confirmed and no objection is settled."""

FOUND = frozenset({Verdict.POSITIVE, Verdict.SUSPECT})


class Finding(Struct, frozen=True, kw_only=True):
    """A result as the plan looks at it.

    word   of its judgement, as `judgement_rows.word`; null: nothing could be said
    at     of the test, else when it came
    """

    id: UUID
    test: Method
    word: str | None
    at: datetime
    line: int
    import_id: UUID | None


class Repeat(Struct, frozen=True, kw_only=True):
    """A repeat of the result `of`. `answered_by`: the result that did; `by_itself`: it opened, nobody asked for it."""

    of: Finding
    number: int
    state: RetestState
    answered_by: UUID | None = None
    by_itself: bool = True


class Plan(Struct, frozen=True):
    """What follows from results.

    opened      results to be repeated, each with how often
    answered    repeats that are answered now
    confirm     results that another method has to confirm
    moot        results whose own repeats fall away: they turned out to be repeats themselves, of a sample joined since
    """

    opened: tuple[tuple[Finding, int], ...]
    answered: tuple[Repeat, ...]
    confirm: tuple[Finding, ...]
    moot: tuple[Finding, ...] = ()


def kind_of_test(*, method: str, judged_unit: str | None) -> Method:
    """Which kind of test it was: the rule that judged it knows better than a file that does not say.

    >>> kind_of_test(method="unknown", judged_unit="%").value, kind_of_test(method="strip", judged_unit=None).value
    ('enzyme_inhibition', 'strip')
    """
    by_unit = {"%": Method.ENZYME_INHIBITION, "T/C": Method.STRIP}
    return by_unit.get(judged_unit or "", Method(method))


def found_again(first: str | None, again: str | None) -> RetestState | None:
    """What measuring again says of the first result, by the words of both. Invalid, or nothing: it stays open.

    >>> found_again("positive", "suspect").value, found_again("positive", "negative").value
    ('upheld', 'overturned')
    >>> found_again("positive", "invalid") is None
    True
    """
    if again is None or again == Verdict.INVALID:
        return None
    same = (first in FOUND and again in FOUND) or first == again
    return RetestState.UPHELD if same else RetestState.OVERTURNED


def planned(
    tested: Iterable[Finding], repeats: Sequence[Repeat], *, policy: RetestPolicy, confirmed: bool = False
) -> Plan:
    """What follows from results of one sample and one analyte, beside the repeats that there are (not withdrawn).

    confirmed   a confirmation was asked for before
    """
    moot = _second_rounds(repeats)
    known = [each for each in repeats if each.of not in moot]
    opened, used = [], {each.answered_by for each in known} | {each.of.id for each in known}
    for each in sorted({*tested, *moot}, key=lambda each: (each.at, each.line, each.id)):
        if each.id in used:
            continue
        known = _with(known, each, policy)
        if each.test is Method.ENZYME_INHIBITION and each.word in FOUND and not _rounds(known):
            opened.append((each, policy.repeats_n))
            known += [Repeat(of=each, number=n + 1, state=RetestState.OPEN) for n in range(policy.repeats_n)]
    before = set(repeats)
    answered = tuple(each for each in known if each.answered_by and each not in before)
    strips = [each for each in tested if each.test is Method.STRIP and each.word == Verdict.POSITIVE]
    confirm = () if confirmed else (*_stayed(known, answered, policy), *strips)[:1]
    return Plan(tuple(opened), answered, confirm, moot)


def _rounds(repeats: Iterable[Repeat]) -> dict[Finding, list[Repeat]]:
    """The repeats of each finding, the earliest finding first."""
    found: dict[Finding, list[Repeat]] = {}
    for each in sorted(repeats, key=lambda each: (each.of.at, each.of.line)):
        if each.of.word in FOUND:
            found.setdefault(each.of, []).append(each)
    return found


def _second_rounds(repeats: Iterable[Repeat]) -> tuple[Finding, ...]:
    """Findings after the first whose repeats opened by themselves and all still wait."""
    later = list(_rounds(repeats).items())[1:]
    return tuple(of for of, its in later if all(each.by_itself and each.state is RetestState.OPEN for each in its))


def _with(known: list[Repeat], tested: Finding, policy: RetestPolicy) -> list[Repeat]:
    """The repeats, the next one answered if this result answers it."""
    for i, repeat in enumerate(known):
        state = found_again(repeat.of.word, tested.word) if _answers(tested, repeat, policy) else None
        if state is not None:
            return [*known[:i], replace(repeat, state=state, answered_by=tested.id), *known[i + 1 :]]
    return known


def _answers(tested: Finding, repeat: Repeat, policy: RetestPolicy) -> bool:
    if repeat.state is not RetestState.OPEN or tested.test is not repeat.of.test or tested.at < repeat.of.at:
        return False
    same_file = tested.import_id is not None and tested.import_id == repeat.of.import_id
    return not same_file or tested.at - repeat.of.at >= timedelta(minutes=policy.apart_minutes)


def _stayed(known: Sequence[Repeat], answered: Sequence[Repeat], policy: RetestPolicy) -> Iterable[Finding]:
    """Findings whose repeats are all answered, the last of them now, and enough of them found it again."""
    for of, its in _rounds(known).items():
        open_still = any(each.state is RetestState.OPEN for each in its)
        agreeing = 1 + sum(each.state is RetestState.UPHELD for each in its)
        if any(each in answered for each in its) and not open_still and agreeing >= policy.agreeing_n:
            yield of


def check_answer(first: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """That a result can answer for another: of the same sample and analyte, and not measured before it.

    An enzyme test sees a group: any single pesticide measured in the same sample answers it. Raises Invalid (400).
    """
    if answer["id"] == first["id"] or answer["sample"] != first["sample"]:
        raise _wrong("Name another result of the same sample.")
    group = kind_of_test(method=first["method"], judged_unit=first["judged_unit"]) is Method.ENZYME_INHIBITION
    found = analyte(answer["analyte"])
    single = group and found is not None and found.kind == "pesticide"
    if not single and _measured(first) != _measured(answer):
        raise _wrong("This result is of another substance. Name one of the same.")
    if (answer["tested_at"] or answer["received_at"]) < (first["tested_at"] or first["received_at"]):
        raise _wrong("This result was measured before the one in question. Name a later one.")


def _measured(row: Mapping[str, Any]) -> str:
    return row["analyte"] or row["analyte_text"] or ""


def _wrong(detail: str) -> Invalid:
    return Invalid("The result does not answer it.", errors=[FieldError(pointer="/result_id", detail=detail)])
