"""The one way in which the launcher says no."""


class PostgresUnavailable(RuntimeError):
    """No server can be had; the message says what was seen and what to do about it."""
