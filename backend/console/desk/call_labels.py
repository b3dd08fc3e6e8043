"""Calls as people read them: where one is, what may become of it, and what the desk may still do with it."""

from backend.console.desk import labels
from backend.core.words import Term, language, say
from backend.hotline.call_schemas import CallRecord, WrapUpCode
from backend.hotline.words import CallbackState, CallDirection, CallState
from backend.hotline.wrap_up_codes import wrap_up_codes
from backend.people.actors import Actor

STATES = {
    CallState.RINGING: ("▲", "warn", Term("It rings")),
    CallState.TALKING: ("●", "good", Term("Being talked")),
    CallState.ENDED: ("○", "", Term("The call has ended")),
    CallState.MISSED: ("■", "bad", Term("Nobody took it")),
}
MINUTE_S = 60
DIRECTIONS = {CallDirection.IN: Term("A call to us"), CallDirection.OUT: Term("A call from us")}


def state(one: CallRecord) -> tuple[str, str, str]:
    """Its sign, tone and word."""
    sign, tone, word = STATES[one.state]
    return sign, tone, say(word)


def direction(one: CallRecord) -> str:
    """Who rang."""
    return say(DIRECTIONS[one.direction])


def talked(one: CallRecord) -> str:
    """How long it was talked; nothing where nobody did, or as long as it goes on."""
    if one.talk_s is None:
        return ""
    return say("{n} min", n=max(round(one.talk_s / MINUTE_S), 1))


def rung(state: CallbackState) -> str:
    """How it stands with ringing him back whose call was missed."""
    return say(labels.STATES[state])


def codes(one: CallRecord) -> list[tuple[str, str, str]]:
    """What may become of it: code, name, and what goes with it."""
    return [(each.code, _name(each), each.needs or "") for each in _of(one)]


def code(one: CallRecord) -> str:
    """What became of it."""
    return next((_name(each) for each in wrap_up_codes().values() if each.code == one.wrap_up), one.wrap_up or "")


def may_take(one: CallRecord) -> bool:
    """Whether nobody has it, and somebody may."""
    return one.operator_id is None and one.state != CallState.MISSED


def may_wrap_up(one: CallRecord, by: Actor) -> bool:
    """Whether it waits for him to say what became of it."""
    lost = one.state == CallState.MISSED and one.direction == CallDirection.IN
    return one.wrap_up is None and not lost and one.operator_id in (None, by.person_id)


def _of(one: CallRecord) -> list[WrapUpCode]:
    return [each for each in wrap_up_codes().values() if one.direction in each.directions]


def _name(code: WrapUpCode) -> str:
    return code.name_zh if language.get() == "zh" else code.name_en
