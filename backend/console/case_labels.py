"""Cases as people read them: stages, states, doors, and what each line of a timeline says."""

from typing import Any
from uuid import UUID

from backend.cases.public import PublicLine
from backend.cases.schemas import CategoryShown, TimelineLine
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Satisfaction, Stage
from backend.core.words import Term, language, say
from backend.deadlines.rules import Light
from backend.deadlines.tables import SuspensionReason

STAGES = {
    Stage.RECEIVED: Term("Stage: received"),
    Stage.DISPATCHED: Term("Stage: with the unit"),
    Stage.RESOLVED: Term("Stage: settled"),
    Stage.ANSWERED: Term("Stage: told"),
    Stage.EVALUATED: Term("Stage: judged"),
}
STATES = {
    CaseState.RECEIVED: Term("Waits to be sent to a unit"),
    CaseState.DISPATCHED: Term("Sent to the unit, not taken up yet"),
    CaseState.IN_HAND: Term("Being worked on"),
    CaseState.SUSPENDED: Term("Stands still for now"),
    CaseState.RESOLVED: Term("Solved, not told yet"),
    CaseState.EXPLAINED: Term("Cannot be done, explained"),
    CaseState.UNREASONABLE: Term("Not accepted"),
    CaseState.ANSWERED: Term("The result was told"),
    CaseState.EVALUATED: Term("Judged and closed"),
    CaseState.REOPENED: Term("Opened again, waits to be sent"),
    CaseState.MERGED: Term("Goes on in another case"),
    CaseState.WITHDRAWN: Term("Withdrawn"),
}
OUTCOMES = {
    CaseOutcome.SOLVED: Term("Solved"),
    CaseOutcome.EXPLAINED: Term("Explained"),
    CaseOutcome.UNREASONABLE: Term("Not accepted"),
    CaseOutcome.ANSWERED_ON_SPOT: Term("Answered at once"),
    CaseOutcome.MERGED: Term("Goes on in another case"),
    CaseOutcome.WITHDRAWN: Term("Withdrawn"),
}
CHANNELS = {
    Channel.PHONE: Term("By telephone"),
    Channel.WECHAT: Term("By WeChat"),
    Channel.APP: Term("By app"),
    Channel.WEB: Term("By website"),
    Channel.PROVINCE: Term("From the province"),
    Channel.WALK_IN: Term("At the counter"),
    Channel.MARKET_STALL: Term("At a market stall"),
    Channel.VISIT: Term("At a visit"),
    Channel.QR: Term("By QR code"),
    Channel.SMS: Term("By text message"),
    Channel.OPEN311: Term("By a partner's system"),
}
KINDS = {
    CaseKind.REQUEST: Term("A request"),
    CaseKind.QUESTION: Term("A question"),
    CaseKind.COMPLAINT: Term("A complaint"),
    CaseKind.SUGGESTION: Term("A suggestion"),
    CaseKind.DIAGNOSIS: Term("A sick crop"),
}
JUDGED = {
    Satisfaction.SATISFIED: Term("Satisfied"),
    Satisfaction.DISSATISFIED: Term("Not satisfied"),
    Satisfaction.UNREACHABLE: Term("Not reached"),
}
LIGHTS = {
    Light.RED: Term("■ Over the limit"),
    Light.YELLOW: Term("▲ Soon due"),
    Light.GREEN: Term("● In time"),
    Light.GREY: Term("‖ No clock runs"),
}
STILL = {
    SuspensionReason.WAITING_FOR_CITIZEN: Term("Waits for something from whoever asked"),
    SuspensionReason.WAITING_FOR_SUPERIOR: Term("Waits for a word from above"),
    SuspensionReason.WAITING_FOR_FINDING: Term("Waits for a test or a finding"),
    SuspensionReason.WEATHER_OR_SEASON: Term("Weather or season"),
    SuspensionReason.FORCE_MAJEURE: Term("Beyond anybody's power"),
    SuspensionReason.OTHER: Term("Something else"),
}
RECOGNISED = {
    "known_personally": Term("known personally"),
    "identity_card": Term("by the identity card"),
    "household_book": Term("by the household book"),
    "called_back": Term("by calling back"),
    "witnessed": Term("by a witness"),
}
LINES = {
    "opened": Term("Received"),
    "answered_on_spot": Term("Answered at once"),
    "dispatched": Term("Sent to {unit}"),
    "taken_in_hand": Term("Taken up, work begins"),
    "transferred": Term("Sent on to {unit}"),
    "escalated": Term("Taken one step up"),
    "suspended": Term("Stands still, the time does not count"),
    "resumed": Term("Goes on"),
    "responded": Term("A first answer"),
    "noted": Term("A remark"),
    "resolved": Term("Solved"),
    "explained": Term("Cannot be done for now; here is why"),
    "rejected": Term("Not accepted; here is why"),
    "answered": Term("The result was told"),
    "corrected": Term("The answer was corrected"),
    "evaluated": Term("Judged by whoever asked: {judged}"),
    "contested": Term("Whoever asked does not accept it"),
    "reopened": Term("Opened again as whoever asked wishes"),
    "merged": Term("Goes on in another case about the same"),
    "unmerged": Term("Parted from the other case, goes on by itself"),
    "withdrawn": Term("Withdrawn by whoever asked"),
    "receipt_renewed": Term("A new secret for the receipt ({recognised})"),
    "photos_added": Term("Photos added: {n}"),
    "contact_erased": Term("Name and phone were deleted as wished"),
    "relayed": Term("Added by whoever asked"),
    "disclosed": Term("Shared with a partner"),
    "amended": Term("The words were put right"),
    "owner_moved": Term("Another unit answers for it: {unit}"),
    "place_corrected": Term("The place was corrected"),
    "called_to_meeting": Term("Called to a joint meeting"),
    "conferred": Term("Decided at a joint meeting"),
    "briefed": Term("In a briefing"),
    "signed": Term("Signed"),
    "heard": Term("A hearing on the spot"),
    "reported": Term("Reported"),
    "archived": Term("All nine steps are there: archived"),
    "fed_back": Term("The result was told, with proof"),
    "took_in": Term("Took in case {number}"),
    "gave_back": Term("Gave back case {number}"),
    "second_hop": Term("Sent on for the second time: a supervisor has to settle it"),
}

Line = PublicLine | TimelineLine


def stage(value: Stage) -> str:
    """One of the five public stages."""
    return say(STAGES[value])


def state(value: CaseState) -> str:
    """Where it is, in a sentence of a few words."""
    return say(STATES[value])


def label(table: dict[Any, Term], value: Any) -> str:
    """A word of one of the tables above; what they do not know, as it is."""
    return say(table[value]) if value in table else str(value)


def choices(table: dict[Any, Term]) -> list[tuple[str, str]]:
    """A table for a select."""
    return [(value.value, say(name)) for value, name in table.items()]


def category(shown: CategoryShown) -> str:
    """What it is about, in the reader's language."""
    return shown.name_zh if language.get() == "zh" else shown.name_en


def title(line: Line) -> str:
    """What happened."""
    said = line.said or {}
    return say(
        LINES.get(line.kind, Term("Something was done")),
        unit=said.get("to_unit_name") or say("a unit"),
        judged=label(JUDGED, said.get("satisfaction", "")),
        recognised=label(RECOGNISED, said.get("recognised", "")),
        number=said.get("number", ""),
        n=len(said.get("photo_ids") or []),
    )


def words(line: Line) -> str:
    """What somebody said with it, in his own words."""
    if line.erased:
        return say("(deleted as wished)")
    said = line.said or {}
    parts = [said.get("words"), said.get("reason"), said.get("remark")]
    if "reason_code" in said and line.kind == "suspended":
        parts.insert(0, label(STILL, said["reason_code"]))
    return say("; ").join(str(part) for part in parts if part)


def photo_ids(line: Line) -> list[UUID]:
    """The photos that came with it."""
    return [UUID(each) for each in (line.said or {}).get("photo_ids") or []]
