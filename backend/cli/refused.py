"""How a command says that it cannot do what was typed."""


class Refused(RuntimeError):
    """The command cannot do that; the message says why and what to do."""
