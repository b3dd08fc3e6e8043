"""The marks of charts and maps: every class has a shape of its own, in a picture and as a letter. Pure."""

from msgspec import Struct

PLAIN = "plain"
SHAPES = {
    "out": "square",
    "warned": "triangle",
    "drift": "diamond",
    "low": "square",
    "middle": "triangle",
    "acid": "down",
    "alkaline": "triangle",
}
GLYPHS = {"square": "■", "triangle": "▲", "diamond": "◆", "down": "▼", "": "●"}


class Mark(Struct, frozen=True):
    """A point's shape at its place."""

    path: str
    tone: str
    says: str


def path_of(tone: str, x: float, y: float, *, r: float = 4) -> str:
    """The outline of a mark: a circle, and for what is odd a square, a triangle, a diamond, a triangle on its head."""
    big = r * 1.4
    shapes = {
        "square": [(-r, -r), (r, -r), (r, r), (-r, r)],
        "triangle": [(0, -big), (big, r), (-big, r)],
        "diamond": [(0, -big), (big, 0), (0, big), (-big, 0)],
        "down": [(0, big), (big, -r), (-big, -r)],
    }
    corners = shapes.get(SHAPES.get(tone, ""))
    if corners is None:
        return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"
    return "M" + "L".join(f"{x + dx:.5g} {y + dy:.5g}" for dx, dy in corners) + "z"


def glyph(tone: str) -> str:
    """A mark as a letter, for a legend and a table."""
    return GLYPHS[SHAPES.get(tone, "")]


def side_of(ph_class: str) -> str:
    """On which side of neutral a class of pH lies; neutral is as good as high.

    >>> side_of("strongly_acid"), side_of("neutral"), side_of("alkaline")
    ('acid', 'high', 'alkaline')
    """
    return next((side for side in ("acid", "alkaline") if ph_class.endswith(side)), "high")
