"""What is counted of the address that a request comes from."""

import pytest

from shared.origin import Origin, origin_of


@pytest.mark.parametrize(
    ("client", "address", "network"),
    [
        ("203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("2001:db8:1:2:a:b:c:d", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("testclient", "testclient", "testclient"),
    ],
)
def test_an_address_counts_by_what_one_subscriber_has_and_by_the_network_around_it(
    client: str, address: str, network: str
) -> None:
    assert origin_of(client) == Origin(address, network)
