"""What a phone, or somebody with a phone, would take for an address on the web. Warnings of fraud carry none."""

import re
import unicodedata

_ENDINGS = "com|cn|net|org|top|xyz|vip|cc|info|app|apk|shop|club|site|online|link|ltd|me|io"
_ADDRESS = re.compile(
    rf"https?:|www\.|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|[a-z0-9-]+\s?[.。点]\s?(?:{_ENDINGS})(?![a-z0-9])", re.IGNORECASE
)
"""`\\b` would not do: a Chinese character is a word's letter, so `abc.cn查询` has no boundary after `cn`."""


def has_address(words: str) -> bool:
    """Whether there is an address in it, in full width or with 点 for its dot too.

    >>> [has_address(words) for words in ("点 http://a.b/c", "上abc.cn查询", "见 10.1.2.3", "ｂｕｔｉｅ点top")]
    [True, True, True, True]
    >>> [has_address(words) for words in ("打 96110。", "骗走 3.5 万元，共 2.0 小时", "民警不会要您的验证码。")]
    [False, False, False]
    """
    return _ADDRESS.search(unicodedata.normalize("NFKC", words)) is not None
