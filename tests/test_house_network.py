"""Where this box is in the network of the house."""

import ipaddress

from appliance.house_network import HouseNetwork


def test_the_address_is_one_of_ours_or_none() -> None:
    address = HouseNetwork().address()
    assert not address or ipaddress.IPv4Address(address) != ipaddress.IPv4Address("192.0.2.1")
