"""What is said no to about surveys."""

from backend.core.refusals import Forbidden, Refusal, Unknown


class SurveyUnknown(Unknown):
    """No such wave, or none of this person's territory."""

    code, title = "hotline/survey-unknown", "No such survey"


class NotYourSurvey(Forbidden):
    """It covers more than the territory in which this may be done."""

    code, title = "hotline/not-your-survey", "This survey is not yours"


class SurveyClosed(Refusal):
    """It is over: nobody is asked any more."""

    status, code, title = 409, "hotline/survey-closed", "The survey is closed"


class SurveyOpen(Refusal):
    """Answers are counted once nobody is asked any more."""

    status, code, title = 409, "hotline/survey-open", "The survey is still under way"


class NotTheHour(Refusal):
    """Nobody is rung at this hour, or on this day."""

    status, code, title = 409, "hotline/not-the-hour", "Nobody is rung now"


class AskedBefore(Refusal):
    """Something else came of this household."""

    status, code, title = 409, "hotline/asked-before", "This household was asked before"
