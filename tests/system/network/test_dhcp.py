"""What a real DHCP server would give to a MAC is found out, and nothing is taken by it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("dnsmasq") is None, reason="a network of its own and a dnsmasq are needed"
)

RESERVED, OTHER = "00:16:3e:5a:00:64", "00:16:3e:5a:00:65"
# In a network namespace: a link with dnsmasq at its other end, then what is asked; and again without the server.
SCRIPT = f"""
ip link add dt0 type veth peer dt1 && ip address add 10.99.7.1/24 dev dt1 && ip link set dt0 up && ip link set dt1 up || exit 9
ip link set lo up
dnsmasq --no-daemon --conf-file=/dev/null --port=0 --interface=dt1 --bind-interfaces --no-ping --no-resolv \\
    --dhcp-range=10.99.7.100,10.99.7.150 --dhcp-host={RESERVED},10.99.7.50 --dhcp-leasefile="$2" 2>&1 &
until grep -q ':0043 ' /proc/net/udp; do sleep 0.1; done
for mac in {RESERVED} {OTHER}; do echo "$mac $("$1" -m ovirt_hc_setup.system.network.dhcp dt0 $mac)"; done
kill $!; wait
echo "none $("$1" -m ovirt_hc_setup.system.network.dhcp dt0 {RESERVED})"
echo "leases $(cat "$2")"
"""


def test_the_address_that_is_reserved_is_offered_and_none_is_leased(tmp_path: Path) -> None:
    command = ["unshare", "--net", "--mount", "bash", "-c", SCRIPT, "-", sys.executable, str(tmp_path / "leases")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = dict(line.partition(" ")[::2] for line in ended.stdout.splitlines() if line.split(" ")[0] in (RESERVED, OTHER, "none"))
    assert said[RESERVED] == "10.99.7.50 10.99.7.1"
    assert said[OTHER].startswith("10.99.7.1")
    assert not said[OTHER].startswith("10.99.7.50")
    assert said["none"] == ""
    assert "leases \n" in ended.stdout, "a question takes no lease"
