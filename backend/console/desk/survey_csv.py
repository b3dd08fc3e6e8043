"""What a survey tells, line by line, for a spreadsheet and for whoever reckons it again."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

from backend.core.words import Term, say
from backend.hotline.survey_schemas import SurveyEstimate, SurveyQuestionResult, SurveyResults

BOM = "\ufeff"
COLUMNS = (
    *(
        Term("Survey"),
        Term("Seed"),
        Term("Question"),
        Term("What was asked"),
        Term("Part"),
        Term("Code"),
        Term("Name of the stratum, or answer"),
    ),
    *(Term("Households in the frame"), Term("Drawn"), Term("Answers"), Term("Weight of an answer")),
    *(Term("Share"), Term("Low end of 95 %"), Term("High end of 95 %")),
)
WHOLE, STRATUM, CHOICE = Term("all strata"), Term("stratum"), Term("answer")


async def lines(found: SurveyResults) -> AsyncIterator[str]:
    """Each question: all of it, its strata, how often each answer was given. A number that may not be told is empty."""
    yield BOM + _line([say(each) for each in COLUMNS])
    for question in found.questions:
        for row in _rows(found, question):
            yield _line([found.wave.name, found.wave.seed, question.code, question.text, *row])


def _rows(found: SurveyResults, question: SurveyQuestionResult) -> Iterator[list[Any]]:
    wave = found.wave
    n = question.n if question.estimate else None
    yield [say(WHOLE), "", "", wave.frame_n, wave.drawn_n, n, None, *_ends(question.estimate)]
    for each in question.strata:
        yield [
            say(STRATUM),
            each.code,
            each.name,
            each.frame_n,
            each.drawn_n,
            each.n,
            each.weight,
            *_ends(each.estimate),
        ]
    texts = {
        choice.code: choice.text for asked in wave.questions if asked.code == question.code for choice in asked.choices
    }
    for code, given in question.choices.items():
        yield [say(CHOICE), code, texts.get(code, ""), None, None, given, None, None, None, None]


def _ends(found: SurveyEstimate | None) -> list[float | None]:
    return [found.share, found.low, found.high] if found else [None, None, None]


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_plain(each) for each in cells])
    return out.getvalue()


def _plain(cell: Any) -> Any:
    """A spreadsheet takes words that begin like a formula for one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
