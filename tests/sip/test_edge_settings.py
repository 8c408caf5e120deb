"""Settings, accounts and the configuration file made of them; nothing is started."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from appliance.sip.edge.accounts import BadAccount, ha1, stored_realm, write_accounts
from appliance.sip.edge.configuration import RULES, configuration
from appliance.sip.edge.settings import BadEdgeSettings, EdgeSettings, check


def settings(**changes: object) -> EdgeSettings:
    given = {"folder": Path("/srv/office/edge"), "sip_port": 5060, "engine_port": 5070, "publisher_port": 5071}
    return EdgeSettings(**(given | changes))  # type: ignore[arg-type]


def test_good_settings_pass() -> None:
    check(settings(listen=("192.168.1.5", "127.0.0.1"), flood_exempt=("127.0.0.9",)))


def test_all_mistakes_are_told_at_once() -> None:
    wrong = settings(
        folder=Path("relative"),
        sip_port=80,
        engine_port=5071,
        listen=("0.0.0.0", "fritz.box"),
        realm='a"b',
        registration_seconds=5,
        flood_requests=0,
    )
    with pytest.raises(BadEdgeSettings) as caught:
        check(wrong)
    for word in ("relative", "80", "5071", "0.0.0.0", "fritz.box", "realm", "registration_seconds", "flood_requests"):
        assert word in str(caught.value)


def test_a_folder_too_long_for_a_socket_is_told() -> None:
    with pytest.raises(BadEdgeSettings, match="too long"):
        check(settings(folder=Path("/" + "x" * 120)))


def test_the_engine_has_a_socket_even_when_phones_are_elsewhere() -> None:
    assert settings(listen=("192.168.1.5",)).sockets == (
        ("udp", "127.0.0.1"),
        ("udp", "192.168.1.5"),
        ("tcp", "192.168.1.5"),
    )
    assert settings().sockets == (("udp", "127.0.0.1"), ("tcp", "127.0.0.1"))


def test_only_the_accounts_are_kept_where_a_power_cut_leaves_them() -> None:
    split = settings(runtime=Path("/run/edge"))
    assert split.accounts_db == Path("/srv/office/edge/accounts.db")
    assert {split.location_db.parent, split.rpc_socket.parent, split.presence_db.parent} == {Path("/run/edge")}


def test_every_name_the_rules_use_is_defined() -> None:
    text = configuration(settings(), health_port=4000)
    defined = set(re.findall(r'#!substdef "!(\w+)!', text))
    rules = re.sub(r"(?m)#.*$", "", RULES.read_text(encoding="utf-8"))
    for name in defined:
        assert name in rules, f"{name} is defined and never used"
    wanted = set(
        re.findall(r"\b(?:[A-Z]+_(?:PORT|SECONDS|DB|SOCKET|LIFETIME|REQUESTS|HA1|ADDRESSES)|WRONG_PER_\w+)\b", rules)
    )
    assert wanted <= defined


def test_another_missing_account_secret_is_drawn_each_time() -> None:
    first, second = (configuration(settings(), health_port=4000) for _ in range(2))
    assert first != second


def test_ha1_is_the_hash_of_rfc_2617() -> None:
    assert ha1("Mufasa", "testrealm@host.com", "Circle Of Life") == "939e7578ed9e3c518a452acee763bce9"


def test_accounts_are_replaced_as_a_whole(tmp_path: Path) -> None:
    database = tmp_path / "accounts.db"
    write_accounts(database, "porter", {"201": "a" * 32, "202": "b" * 32})
    write_accounts(database, "porter", {"202": "c" * 32, "203": "d" * 32})
    with closing(sqlite3.connect(database)) as connection:
        stored = dict(connection.execute("SELECT key_name, key_value FROM accounts"))
    assert stored == {"202": "c" * 32, "203": "d" * 32}
    assert stored_realm(database) == "porter"


@pytest.mark.parametrize(("user", "digest"), [("2 01", "a" * 32), ("", "a" * 32), ("201", "secret"), ("201", "A" * 32)])
def test_a_bad_account_changes_nothing(tmp_path: Path, user: str, digest: str) -> None:
    database = tmp_path / "accounts.db"
    write_accounts(database, "porter", {"201": "a" * 32})
    with pytest.raises(BadAccount):
        write_accounts(database, "porter", {"202": "b" * 32, user: digest})
    with closing(sqlite3.connect(database)) as connection:
        assert dict(connection.execute("SELECT key_name, key_value FROM accounts")) == {"201": "a" * 32}
