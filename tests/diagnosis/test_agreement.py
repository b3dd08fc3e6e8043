import random
from collections import Counter
from math import sqrt

import pytest

from backend.diagnosis.agreement_rules import Z_95, cohens_kappa


def _by_hand(pairs):
    """Kappa, and its standard error by differentiating it numerically over the cells (the delta method)."""
    codes, n = sorted({code for pair in pairs for code in pair}), len(pairs)
    shares = {(a, b): Counter(pairs)[a, b] / n for a in codes for b in codes}

    def kappa(cells):
        observed = sum(cells[code, code] for code in codes)
        expected = sum(sum(cells[code, b] for b in codes) * sum(cells[a, code] for a in codes) for code in codes)
        return (observed - expected) / (1 - expected)

    step = 1e-6
    slopes = {
        cell: (kappa(shares | {cell: share + step}) - kappa(shares | {cell: share - step})) / (2 * step)
        for cell, share in shares.items()
    }
    mean = sum(shares[cell] * slope for cell, slope in slopes.items())
    return kappa(shares), sqrt(sum(shares[cell] * slope**2 for cell, slope in slopes.items()) - mean**2) / sqrt(n)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_and_its_interval_are_what_the_delta_method_gives(seed):
    draw = random.Random(seed)
    pairs = [(code, code if draw.random() < 0.5 else draw.choice("abcd")) for code in draw.choices("abcd", k=60)]
    found, (kappa, error) = cohens_kappa(pairs), _by_hand(pairs)

    assert found.kappa == pytest.approx(kappa)
    assert found.high - found.kappa == pytest.approx(Z_95 * error, rel=1e-4)
    assert found.kappa - found.low == pytest.approx(Z_95 * error, rel=1e-4)


def test_who_always_agrees_has_one_and_who_never_does_less_than_chance():
    assert cohens_kappa([("a", "a"), ("b", "b")] * 5).kappa == 1.0
    assert cohens_kappa([("a", "b"), ("b", "a")] * 5).kappa == -1.0


def test_where_everybody_names_one_and_the_same_there_is_no_chance_to_beat():
    found = cohens_kappa([("a", "a")] * 40)

    assert (found.n, found.observed, found.kappa, found.low) == (40, 1.0, None, None)


def test_without_a_pair_there_is_no_figure():
    assert cohens_kappa([]) is None
