"""Half a character in JSON: an app that cuts a text to its length may cut an emoji in two.

JavaScript then writes the half as an escape that stands for nothing (`\\ud83d` alone), and no decoder reads a
body with that in it. It becomes U+FFFD: the text is kept but for that one character. Where the command was signed, its
signature does not hold any more, and it is refused alone.
"""

import re

_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def without_halves(json: bytes) -> bytes:
    r"""The same JSON with U+FFFD for each half.

    >>> without_halves(rb'"\ud83d \ud83d\ude00 \\ud83d \ude00"')
    b'"\\ufffd \\ud83d\\ude00 \\\\ud83d \\ufffd"'
    """
    return _ESCAPE.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], json)
