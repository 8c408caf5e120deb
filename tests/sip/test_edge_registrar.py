"""Who may register, and what is kept when Kamailio dies."""

import pytest

from tests.sip.running_edge import RunningEdge

pytestmark = pytest.mark.real


def test_a_phone_with_the_right_password_is_registered_where_it_called_from(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret")
    assert phone.register().status == 200
    (registration,) = edge.rpc.contacts("201")
    print(registration)
    assert registration.contact == phone.wire.own_uri("201")
    assert (registration.transport, registration.side) == ("udp", "127.0.0.1")
    assert 0 < registration.expires_seconds <= 120
