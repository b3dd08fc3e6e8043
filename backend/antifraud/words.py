"""The room's vocabulary."""

from enum import StrEnum


class WarningLevel(StrEnum):
    """高危、中危、低危, as the police centre grades a warning."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class WarningStep(StrEnum):
    """What is done about a warning, in this order; each has a clock of its own."""

    ACKNOWLEDGE = "acknowledge"
    CALL = "call"
    MEET = "meet"
    TEXT = "text"


class ItemKind(StrEnum):
    """What the library holds: 案例故事, one person's way through it; 防骗提示, what everybody should know."""

    STORY = "story"
    BULLETIN = "bulletin"


class Basis(StrEnum):
    """What an item was written after. The reader is always told."""

    PUBLISHED_CASE = "published_case"
    TYPICAL_METHOD = "typical_method"
    PUBLIC_NOTICE = "public_notice"

    @property
    def statement(self) -> str:
        """What the reader is told about it."""
        return _STATEMENTS[self]


_STATEMENTS = {
    Basis.PUBLISHED_CASE: "（根据公开报道的真实案例改写，不用真名。）",
    Basis.TYPICAL_METHOD: "（根据公开的典型手法编写，人物为化名，金额只是举例。）",
    Basis.PUBLIC_NOTICE: "（根据公安机关和媒体的公开提示编写。）",
}
