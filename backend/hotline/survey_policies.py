"""How surveys by telephone are made: dated rows, the newest that has begun counts. Nobody edits an old one."""

from datetime import date

from msgspec import Struct


class SurveyPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    tries            on different days, before a household counts as unreachable
    least_shown      answers; of fewer nothing is told, for it would be somebody's answer
    least_a_stratum  households drawn in each stratum, where there are so many
    longest_days     from the first day of a wave to its last
    """

    valid_from: date
    tries: int
    least_shown: int
    least_a_stratum: int
    longest_days: int
    source: str


SURVEY_POLICIES = (
    SurveyPolicy(
        valid_from=date(2017, 1, 1),
        tries=3,
        least_shown=10,
        least_a_stratum=1,
        longest_days=92,
        source="Zhucheng: a random survey by telephone each quarter, seven waves of about 1,246 households. The "
        "sources name neither tries nor a least number; both are our own choice.",
    ),
)


def survey_policy(on: date) -> SurveyPolicy:
    """The policy in force on a day."""
    return max((each for each in SURVEY_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
