"""A SIP operator for tests: a second Kamailio, with accounts, a registrar, proxies' Record-Route, and customers who
register at it with telephones of their own.

with running_operator(folder, {"37160000000": "secret"}) as operator:
    ...                                        # a line registers at 127.0.0.1:operator.port
    async with baresip(folder, "37129999999", "-", operator.port) as customer: ...
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from appliance.sip.edge.kamailio import find_program
from tests.ports import free_ports, is_free

_CONFIG = """\
#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=2
tcp_children=1
disable_core_dump=yes
auto_aliases=no
dns=no
mhomed=0
server_header="Server: Operator 1.0"
listen=udp:{host}:{port}
listen=tcp:{host}:{port}
alias="operator.test"
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "auth.so"
loadmodule "htable.so"
loadmodule "nathelper.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", {most_seconds})
modparam("tm", "fr_timer", 4000)
modparam("htable", "htable", "accounts=>size=4;")
modparam("htable", "htable", "dids=>size=4;")
event_route[htable:mod-init] {{
{tables}
}}
request_route {{
	if (!mf_process_maxfwd_header("10")) {{ exit; }}
	xlog("L_ERR", "{mark} $rm $ru from $fu pai=$hdr(P-Asserted-Identity) privacy=$hdr(Privacy)\\n");
	force_rport();
	if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
	if (is_method("ACK") && !has_totag()) {{ t_check_trans(); exit; }}
	if (has_totag()) {{
		loose_route();
		t_relay();
		exit;
	}}
	if (is_method("OPTIONS")) {{ sl_send_reply("{options}", "Options"); exit; }}
	if (is_method("REGISTER")) {{
		if ($sht(accounts=>$fU) != $null) {{
			if ($sht(accounts=>$fU) == "forbidden") {{ sl_send_reply("403", "Account is blocked"); exit; }}
			$var(password) = $sht(accounts=>$fU);
			if (!pv_www_authenticate("operator.test", "$var(password)", "0")) {{
				www_challenge("operator.test", "1");
				exit;
			}}
		}}
		save("location");
		exit;
	}}
	if (!is_method("INVITE")) {{ sl_send_reply("405", "Method Not Allowed"); exit; }}
	if ($sht(accounts=>$fU) != $null) {{
		$var(password) = $sht(accounts=>$fU);
		if (!pv_proxy_authenticate("operator.test", "$var(password)", "0")) {{
			proxy_challenge("operator.test", "1");
			exit;
		}}
		consume_credentials();
	}}
	record_route();
	if ($rU == "+37129110503") {{ sl_send_reply("503", "Service Unavailable"); exit; }}
	if ($rU == "+37129110486") {{ sl_send_reply("486", "Busy Here"); exit; }}
	if ($rU == "+37129110403") {{ sl_send_reply("403", "No Credit"); exit; }}
	$var(did) = $(rU{{s.replace,+,}});
	if ($sht(dids=>$var(did)) != $null) {{
		append_hf("P-Called-Party-ID: <sip:+$var(did)@operator.test>\\r\\n");
		if ($sht(dids=>$var(did)) =~ "^sip:") {{
			$du = $sht(dids=>$var(did));
			$ru = "sip:+" + $var(did) + "@operator.test";
		}} else {{
			$rU = $sht(dids=>$var(did));
			if (!lookup("location")) {{ sl_send_reply("480", "Not Registered"); exit; }}
		}}
		t_relay();
		exit;
	}}
	$rU = $var(did);
	if (!lookup("location")) {{ sl_send_reply("404", "No Such Number"); exit; }}
	t_relay();
}}
"""

MARK = "=SEEN="


class RunningOperator:
    """One Kamailio of an operator."""

    def __init__(self, folder: Path, text: str, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._folder = folder
        self._text = text
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        configuration = self._folder / "kamailio.cfg"
        configuration.write_text(self._text)
        with (self._folder / "operator.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(find_program(), "-f", str(configuration), "-Y", str(self._folder), "-w", str(self._folder)),
                    *("-m", "16", "-M", "4", "-DD", "-E"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End it as a power cut would: it says goodbye to nobody."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            deadline = time.monotonic() + 5
            while not is_free(self.port):  # its children, which are nobody's to wait for
                assert time.monotonic() < deadline
                time.sleep(0.01)

    @property
    def log(self) -> str:
        return (self._folder / "operator.log").read_text(errors="replace")

    def seen(self, method: str) -> list[str]:
        """Every request of a method that came, oldest first, with who called and the identity headers."""
        return [found[1] for found in re.finditer(rf"{MARK} ({method} .*)", self.log)]


@contextmanager
def running_operator(
    folder: Path,
    accounts: Mapping[str, str] = {},
    *,
    dids: Mapping[str, str] = {},
    host: str = "127.0.0.1",
    port: int | None = None,
    most_seconds: int = 60,
    options: int = 200,
) -> Iterator[RunningOperator]:
    """An operator that runs until the block is left.

    Args:
        accounts: Passwords by user name; a caller whose name is not among them needs none.
        dids: By number without its plus: the account that is called, or the URI calls are sent to.
        most_seconds: The longest registration it grants.
        options: What it answers to OPTIONS.
    """
    port = free_ports(1)[0] if port is None else port
    tables = [f'\t$sht(accounts=>{user}) = "{password}";' for user, password in accounts.items()]
    tables += [f'\t$sht(dids=>{did}) = "{to}";' for did, to in dids.items()]
    text = _CONFIG.format(
        host=host, port=port, tables="\n".join(tables) or "\treturn;", mark=MARK, most_seconds=most_seconds,
        options=options,
    )  # fmt: skip
    operator = RunningOperator(folder / f"operator-{port}", text, host, port)
    operator.start()
    try:
        yield operator
    finally:
        operator.stop()
