"""Asking a host's name servers themselves: which of them answers, and how. Through /dev/udp of bash, so nothing is installed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host import dns_message
from ovirt_hc_setup.formats.host.dns_message import Ending
from ovirt_hc_setup.system.network import links

SECONDS = 2
"""For all of them at once: a server that recurses for a name that nobody has asked for yet takes one."""

# bash itself sends what it has at every line's end, be it the length of a label; dd sends all of it at once.
_ASK = f"""
query=$1; shift
for server; do (
    exec 3<>"/dev/udp/$server/{dns_message.PORT}" && printf %b "$query" | dd bs=4096 count=1 iflag=fullblock >&3
    said=$(timeout {SECONDS} dd bs=4096 count=1 <&3 | od -An -v -N{dns_message.HEADER} -tx1 | tr -d ' \\n')
    printf '%s %s\\n' "$server" "$said"
) 2>/dev/null & done
wait
"""


def endings(host: Host, name: str) -> Mapping[str, Ending]:
    """What each of the host's name servers says to a question for a name or an address; empty where it has none."""
    servers, number = links.resolvers(host), secrets.randbelow(1 << 16)
    if not servers:
        return {}
    query = "".join(f"\\0{byte:03o}" for byte in dns_message.question(name, number))
    said = host.run("bash", "-c", _ASK, "-", query, *servers, timeout=SECONDS + 5.0, check=False).out
    answers = {server: bytes.fromhex(answer) for server, _, answer in (line.partition(" ") for line in said.splitlines())}
    return {server: dns_message.ending(answers.get(server, b""), number) for server in servers}
