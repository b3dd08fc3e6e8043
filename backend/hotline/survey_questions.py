"""What a survey asks unless it is given other questions: dated rows of `reference/survey_questions.csv`."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.hotline.survey_schemas import SurveyChoice, SurveyQuestion

FILE = Path(__file__).parent / "reference" / "survey_questions.csv"


class ChoiceRow(Struct, frozen=True, kw_only=True):
    """One row of the file: a choice with its question. `counted`: yes or no."""

    question: str
    text: str
    choice: str
    choice_text: str
    counted: str
    valid_from: date
    valid_to: date | None
    source: str


@cache
def choice_rows() -> tuple[ChoiceRow, ...]:
    """All rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        told = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    return tuple(msgspec.convert(told, list[ChoiceRow]))


def standard_questions(on: date | None = None) -> list[SurveyQuestion]:
    """The questions of a day, today unless told, in the order of the file.

    >>> [each.code for each in standard_questions(date(2026, 11, 22))]
    ['settled', 'content', 'visited']
    """
    day = on or clock.today()
    rows = [
        each for each in choice_rows() if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
    ]
    texts = {each.question: each.text for each in rows}
    return [
        SurveyQuestion(
            code=code,
            text=text,
            choices=[
                SurveyChoice(code=each.choice, text=each.choice_text, counted=each.counted == "yes")
                for each in rows
                if each.question == code
            ],
        )
        for code, text in texts.items()
    ]
