"""Where a request comes from, as it is counted by."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: what one subscriber has (IPv4 address, IPv6 /64), and its network (/24, /48)."""

    address: str
    network: str


def origin_of(client: str) -> Origin:
    """Return the origin of a client's address; what is no IP address is its own network."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return Origin(client, client)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    lengths = (32, 24) if isinstance(address, IPv4Address) else (64, 48)
    mine, wider = (str(ip_network((address, length), strict=False)) for length in lengths)
    return Origin(mine, wider)
