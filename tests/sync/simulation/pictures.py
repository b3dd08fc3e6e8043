"""Photos that are like no other."""

from io import BytesIO
from random import Random

from PIL import Image


def picture(chance: Random) -> bytes:
    """A small one."""
    written = BytesIO()
    Image.frombytes("RGB", (12, 12), chance.randbytes(432)).save(written, "JPEG")
    return written.getvalue()
