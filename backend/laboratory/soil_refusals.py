"""Every way in which soil over the years says no."""

from backend.core.refusals import Invalid, Unknown


class NoSoilTests(Unknown):
    """No soil of this household was tested, or none that this reader may see: the same answer."""

    code, title = "laboratory/no-soil-tests", "No soil tests"


class NotPublic(Invalid):
    """Nothing is told in public of what was asked for."""

    code, title = "laboratory/not-public", "That is not told in public"


class NotFollowed(Invalid):
    """It is not measured in soil, or not by us."""

    code, title = "laboratory/not-followed", "That is not followed in soil"


class NoVillage(Invalid):
    """Years are compared of a village."""

    code, title = "laboratory/no-village", "That is no village"
