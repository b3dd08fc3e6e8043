"""How long an offer stands, what a score is made of, when a burst is an outbreak: dated rows, the newest that has begun
counts. A county that wants other numbers adds a line; nobody edits an old one.
"""

from datetime import date, timedelta

from msgspec import Struct


class DiagnosisPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    offer_stands            how long one expert has a request before him, in his hours, before it goes on
    most_offers             after so many offers it goes to the pool
    pool_stands             how long the pool has it before the chief expert is given it
    photos_awaited          how long a request waits for photos that the phone announced
    better_photo_awaited    how long it waits for a better photo before an expert looks at what there is
    answer_awaited          how long an expert's question to the farmer stands before the request goes on without
    follow_up_after         after an answer that names no day: when the farmer is asked what became of it
    telling_tries           how often the farmer is rung with his answer, before somebody goes there
    telling_again_after     how long after a call in vain the next one is asked for, in hours that are fit for a call
    agreement_least_n       below so many pairs of coded answers an agreement is a number without a meaning
    urgent_area_mu          from how much land on a request is urgent
    outbreak_*              so many households (k) within so many km and days, and more than `rise` times those before
    """

    valid_from: date
    offer_stands: timedelta
    most_offers: int
    pool_stands: timedelta
    photos_awaited: timedelta
    better_photo_awaited: timedelta
    answer_awaited: timedelta
    follow_up_after: timedelta
    telling_tries: int
    telling_again_after: timedelta
    agreement_least_n: int
    urgent_area_mu: float
    outbreak_households: int
    outbreak_radius_km: float
    outbreak_window: timedelta
    outbreak_rise: float
    source: str


DIAGNOSIS_POLICIES = (
    DiagnosisPolicy(
        valid_from=date(2020, 1, 1),
        offer_stands=timedelta(minutes=20),
        most_offers=3,
        pool_stands=timedelta(minutes=60),
        photos_awaited=timedelta(minutes=15),
        better_photo_awaited=timedelta(hours=12),
        answer_awaited=timedelta(hours=48),
        follow_up_after=timedelta(days=7),
        telling_tries=3,
        telling_again_after=timedelta(hours=3),
        agreement_least_n=30,
        urgent_area_mu=100,
        outbreak_households=5,
        outbreak_radius_km=10,
        outbreak_window=timedelta(days=7),
        outbreak_rise=1.5,
        source="Our own choice: the sources (高唐农技工作室) name a 24-hour line, 70 experts and no times. Five "
        "households: the smallest number in which no single one can be told.",
    ),
)


def diagnosis_policy(on: date) -> DiagnosisPolicy:
    """The policy in force on a day."""
    return max((each for each in DIAGNOSIS_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)
