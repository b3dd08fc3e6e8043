"""How often two experts who did not hear each other name the same: Cohen's kappa, with how sure that number is.

J. Cohen, A coefficient of agreement for nominal scales (1960); the large-sample variance is that of J. L. Fleiss,
J. Cohen and B. S. Everitt (1969), formula 13. Pure: pairs of codes in, figures out; it knows no person.
"""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from msgspec import Struct

Z_95 = 1.959964

Pair = tuple[str, str]


class Kappa(Struct, frozen=True, kw_only=True):
    """Agreement beyond chance. `kappa` null: everybody always named one and the same, so there is no chance to beat.

    observed, expected   shares of pairs that agree, and that would by chance
    low, high            95 % confidence, cut at -1 and 1
    """

    n: int
    observed: float
    expected: float
    kappa: float | None
    low: float | None
    high: float | None


def cohens_kappa(pairs: Sequence[Pair]) -> Kappa | None:
    """Of pairs (first, second). None without any.

    >>> kappa = cohens_kappa([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15)
    >>> kappa.n, kappa.observed, kappa.expected, round(kappa.kappa, 3)
    (50, 0.7, 0.5, 0.4)
    """
    n = len(pairs)
    if n == 0:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) / n
    expected = sum(first[code] * second[code] for code in first) / n**2
    if expected == 1:
        return Kappa(n=n, observed=observed, expected=expected, kappa=None, low=None, high=None)
    kappa = (observed - expected) / (1 - expected)
    margin = Z_95 * sqrt(max(_variance(pairs, first, second, observed, expected), 0.0))
    return Kappa(
        n=n,
        observed=observed,
        expected=expected,
        kappa=kappa,
        low=max(kappa - margin, -1.0),
        high=min(kappa + margin, 1.0),
    )


def _variance(
    pairs: Sequence[Pair], first: Counter[str], second: Counter[str], observed: float, expected: float
) -> float:
    n, cells = len(pairs), Counter(pairs)
    agreeing = disagreeing = 0.0
    for (a, b), count in cells.items():
        share = count / n
        if a == b:
            agreeing += share * ((1 - expected) - (first[a] + second[a]) / n * (1 - observed)) ** 2
        else:
            disagreeing += share * ((second[a] + first[b]) / n) ** 2
    rest = (observed * expected - 2 * expected + observed) ** 2
    return (agreeing + (1 - observed) ** 2 * disagreeing - rest) / (n * (1 - expected) ** 4)
