"""The operations in Chinese: `x-summary-zh` beside each English summary, out of `locale/zh.po`.

The context `operation` keeps them apart from what pages say with the same English words.
"""

from typing import Any

from backend.core.words import translations

CONTEXT = "operation"


def tell(operation: dict[str, Any]) -> None:
    """Put the Chinese beside the English."""
    operation["x-summary-zh"] = in_chinese(operation["summary"])


def in_chinese(summary: str) -> str:
    """What the catalogue says; the English where it says nothing, which a test refuses."""
    return translations("zh").pgettext(CONTEXT, summary)
