"""mobile_api_spec/problems.json: every code that a refusal may carry, as `/docs/problems` shows them."""

import json
from typing import Any

from backend.console.guide import refusals
from backend.core import words

_ON_A_PAGE = "Said beside a field of one of our own pages."


def text() -> str:
    """The catalogue, by code. Brings nothing in by itself: the application is loaded before."""
    return json.dumps({"problems": catalogue()}, ensure_ascii=False, indent=2) + "\n"


def catalogue() -> list[dict[str, Any]]:
    """One line a code: `status`, `title` in both languages, `meaning` in English."""
    english, chinese = _titles("en"), _titles("zh")
    return [
        {
            "code": each.code,
            "status": each.status,
            "title": {"en": english[each.code], "zh": chinese[each.code]},
            "meaning": " ".join(each.meaning.split()) or _ON_A_PAGE,
        }
        for each in refusals()
    ]


def _titles(language: str) -> dict[str, str]:
    token = words.language.set(language)
    try:
        return {each.code: each.title for each in refusals()}
    finally:
        words.language.reset(token)
