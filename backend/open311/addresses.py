"""Which addresses a webhook may have: https, and no place in our own network unless the settings allow it.

Whoever may set an address could otherwise make this server ask things that only it can reach: a cloud's metadata, a
router, the database's neighbours. Looked at when it is set, and again at every connection, with the numbers that are
really connected to: a name can be pointed elsewhere in between.
"""

import re
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from backend.core.refusals import FieldError
from backend.core.settings import SettingsError, settings
from backend.open311.refusals import AddressForbidden

Number = IPv4Address | IPv6Address
# So narrow that no two readers of addresses can take it for different hosts: no user, no blank, no letters to fold.
_ADDRESS = re.compile(r"(https?)://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?][!-\[\]-~]*)?")
_NAT64 = IPv6Network("64:ff9b::/96")


def check_address(address: str) -> str:
    """The address, if something may be sent there. Raises AddressForbidden (400)."""
    found = _ADDRESS.fullmatch(address)
    if not found or "#" in address:
        raise _forbidden("Give an https address in plain letters, without user name, password or fragment.")
    scheme, host = found[1], found[2].strip("[]").lower()
    number = number_of(host)
    if number is None and host.replace(".", "").isdigit():  # 127.1 or 2130706433: numbers in disguise
        raise _forbidden("Give an https address in plain letters, without user name, password or fragment.")
    if scheme != "https" and not (host == "localhost" or (number is not None and number.is_loopback)):
        raise _forbidden("Only https is taken: what is sent concerns citizens.")
    if number is not None and not may_connect(number):
        raise _forbidden("{host} is in a network that nothing is sent to; see WEBHOOK_NETWORKS.", host=host)
    return address


def number_of(host: str) -> Number | None:
    """A host that is written as a number."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def may_connect(number: Number) -> bool:
    """Whether a connection to this number is allowed: a public one, or one of WEBHOOK_NETWORKS.

    >>> [may_connect(ip_address(each)) for each in ("1.1.1.1", "10.0.0.7", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    inner = _inner(number)
    if any(inner in network for network in _allowed(settings().webhook_networks)):
        return True
    return inner.is_global and not inner.is_multicast


def _inner(number: Number) -> Number:
    """The IPv4 number inside an IPv6 one that only carries it."""
    if isinstance(number, IPv4Address):
        return number
    if number in _NAT64:
        return IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else number)


@cache
def _allowed(networks: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(each.strip()) for each in networks.split(",") if each.strip())
    except ValueError as error:
        raise SettingsError(f"WEBHOOK_NETWORKS={networks!r} cannot be used: {error}") from error


def _forbidden(detail: str, **facts: object) -> AddressForbidden:
    wrong = FieldError(pointer="/address", detail=detail, code="address", facts=dict(facts))
    return AddressForbidden("Give another address.", errors=[wrong])
