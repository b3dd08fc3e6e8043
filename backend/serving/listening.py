"""The port, taken before anything slow begins: a port in use is said at once, and the number is known (PORT=0: any)."""

import errno
import socket

BACKLOG = 2048


class PortUnusable(RuntimeError):
    """HOST and PORT cannot be listened on; the message says why and what to choose instead."""


def take(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet: a phone that knocks too early is refused, not kept waiting."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise PortUnusable(f"HOST={host} is no address of this machine. Try HOST=127.0.0.1 or HOST=0.0.0.0.") from error
    taken = socket.socket(family)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        _refuse_if_somebody_listens(taken)
    except (OSError, OverflowError) as error:
        taken.close()
        raise PortUnusable(_why(host, port, error)) from error
    taken.set_inheritable(True)
    return taken


def _refuse_if_somebody_listens(taken: socket.socket) -> None:
    """Two programs can bind before either listens (SO_REUSEADDR), or one binds 0.0.0.0 and one 127.0.0.1."""
    host, port = taken.getsockname()[:2]
    with socket.socket(taken.family) as knock:
        knock.settimeout(0.2)
        if knock.connect_ex((host, port)) == 0:
            raise OSError(errno.EADDRINUSE, "somebody answers there")


def _why(host: str, port: int, error: OSError | OverflowError) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program. Stop that one, or choose another: PORT={port + 1}"
    if number == errno.EACCES:
        return f"Port {port} on {host} is not for ordinary users. Choose one above 1023, for example PORT=8000."
    if number == errno.EADDRNOTAVAIL:
        return f"HOST={host} is no address of this machine. Try HOST=127.0.0.1 or HOST=0.0.0.0."
    return f"Port {port} on {host} cannot be used: {error}."


def address_of(taken: socket.socket) -> tuple[str, int]:
    """Host and port as they are, after PORT=0 has become a number."""
    host, port = taken.getsockname()[:2]
    return host, port


def lan_address() -> str | None:
    """The address by which a phone in the same network finds this machine. Nothing is sent: the route is looked up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address, RFC 5737
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") else address
