"""How near a host is: this machine, this network, or somewhere else."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

SITE = IPv6Network("fec0::/10")  # of a network's own, by RFC 3513; Python 3.11 calls it global
TRANSLATED = tuple(  # whose last 32 bits are an IPv4 address: RFC 6052, 8215, 4291 (2.5.5.1) and 2765
    IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
)


def distance(host: str) -> str:
    """How near a host is by what it is called, in whatever form: "machine", "network", or "" where it says nothing of
    that. No name is looked up."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return "machine"
    address = literal(name)
    if address is None or (address.is_global and not address.is_multicast and address not in SITE):
        return ""
    return "machine" if address.is_loopback or address.is_unspecified else "network"


def literal(name: str) -> IPv4Address | IPv6Address | None:
    """The address that a name is, also where it is a single number, octal or shortened (127.1): it is dialled so."""
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        try:
            address = ip_address(socket.inet_aton(name))
        except (OSError, ValueError):
            return None
    return _carried(address) or address if isinstance(address, IPv6Address) else address


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which one of IPv6 is led on: mapped, 6to4, or by a translator."""
    if address.is_loopback or address.is_unspecified:
        return None
    translated = any(address in net for net in TRANSLATED)
    last = IPv4Address(int(address) & 0xFFFFFFFF) if translated else None
    return address.ipv4_mapped or address.sixtofour or last
