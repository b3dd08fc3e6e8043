"""Lianxin 连心: what happens in a village, carried to the person who can act on it, and the answer carried back.

Each folder is a room; ARCHITECTURE.md is the tour, and import-linter holds which room may know which.
"""

import os

os.environ.setdefault("PICCOLO_CONF", "backend.piccolo_conf")
