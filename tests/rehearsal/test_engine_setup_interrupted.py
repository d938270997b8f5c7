"""QEMU is killed in the middle of engine-setup, as by a power cut: the same command finishes, on a disk made anew.

The engine has a static address, which the appliance's cloud-init does not set. The lab's DHCP server gives this VM none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import ENGINE_ADDRESS, GATEWAY
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.rehearsal.test_deploy_interrupted import begin, wait_for
from tests.rehearsal.test_deployment import guest, secrets, shell

pytestmark = pytest.mark.rehearsal

STATIC = (
    *("--set", "OVEHOSTED_VM/vmMACAddr=00:16:3e:5a:00:77"),
    *("--set", f"OVEHOSTED_VM/cloudinitVMStaticCIDR={ENGINE_ADDRESS}/24"),
    *("--set", f"OVEHOSTED_VM/cloudinitVMDNS={GATEWAY}"),
)
PID = "/run/libvirt/qemu/HostedEngine.pid"


@pytest.fixture(scope="module")
def prepared() -> Iterator[Lab]:
    lab = Lab("engine-setup")
    try:
        rehearsal.prepare(lab, print)
        lab.host("hc1").write(rehearsal.ANSWERS_FILE, rehearsal.answers_file().read_bytes(), mode=0o600)
        yield lab
    finally:
        lab.down(print)


def test_qemu_killed_during_engine_setup_is_named_and_the_same_command_finishes(prepared: Lab) -> None:
    front = begin(prepared, *STATIC)
    wait_for(prepared, '"log-line".*"engine-setup"', limit=900)
    shell(prepared, f"kill -9 $(cat {PID})")
    out, _ = front.communicate(timeout=120)
    assert front.returncode == 4
    said = out.decode()
    assert "the engine VM ended before engine-setup did (shut off: QEMU crashed)" in said
    assert "/var/log/libvirt/qemu/HostedEngine.log" in said

    begun = time.monotonic()
    front = begin(prepared, *STATIC)
    out, _ = front.communicate(timeout=1200)
    assert front.returncode == 0, out.decode()[-3000:]
    print(f"finished by the same command in {time.monotonic() - begun:.0f} s")
    assert "the disk of the engine VM is made anew from the appliance" in out.decode()
    assert [verdict for verdict in rehearsal.verdicts(prepared) if not verdict.ok] == []
    assert f"inet {ENGINE_ADDRESS}/24" in guest(prepared, "ip -4 -o address show dev eth0")
    password = secrets(prepared)["OVEHOSTED_ENGINE/adminPassword"]
    assert guest(prepared, f"grep -rlaF -e {password} /etc /root /var /tmp 2>/dev/null || echo nowhere") == "nowhere"
    assert "login:" in shell(prepared, "tail -c 4000 /var/log/libvirt/qemu/HostedEngine-console.log")
