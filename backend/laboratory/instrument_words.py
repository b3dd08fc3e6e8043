"""What an instrument's own verdict means in our words."""

from functools import lru_cache

from backend.laboratory.reference import folded
from backend.laboratory.words import Verdict

WORDS = {
    Verdict.NEGATIVE: "合格 阴性 阴 未检出 未超标 正常 符合 达标 通过 negative neg pass passed ok qualified nd _",
    Verdict.SUSPECT: "可疑 疑似 弱阳性 弱阳 临界 ± suspect suspicious suspected weak_positive borderline",
    Verdict.POSITIVE: "不合格 阳性 阳 超标 检出 不符合 不达标 不通过 强阳性 positive pos fail failed unqualified +",
    Verdict.INVALID: "无效 失败 异常 重测 重新检测 检测失败 作废 invalid error retest",
}
KNOWN = {word: verdict for verdict, words in WORDS.items() for word in words.split()}
SILENT = frozenset({"", "/", "—", "n/a", "无", "待定"})


@lru_cache(maxsize=1024)
def meaning(words: str) -> Verdict | None:
    """The verdict that an instrument's words mean; null where we do not know them.

    >>> meaning("不合格").value, meaning("阴性(-)").value, meaning("合格\\0\\0").value, meaning("见备注")
    ('positive', 'negative', 'negative', None)
    """
    said = folded(words)
    return KNOWN.get(said) or KNOWN.get(said.partition("(")[0].strip("_"))


@lru_cache(maxsize=1024)
def is_silent(words: str | None) -> bool:
    """Whether the instrument said nothing."""
    return words is None or folded(words) in SILENT
