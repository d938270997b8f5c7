"""The sample answer files, planned on a host: all that they ask for is checked, and would be done.

The other samples are run as a whole: rehearsal.conf and add-host.conf in the rehearsal, three-new-hosts.conf by its own test.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.samples import in_lab

pytestmark = pytest.mark.lab

SECRETS = "[environment:default]\nOVEHOSTED_VM/cloudinitRootPwd=str:12345678\nOVEHOSTED_ENGINE/adminPassword=str:12345678\n"
# As much as a lab has.
SMALL = ("OVEHOSTED_STORAGE/imgSizeGB=5", "OVEHOSTED_VM/vmMemSizeMB=1024", "OVEHOSTED_VM/vmVCpus=1")


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Lab:
    appliance(print)
    lab.up(print)
    make_engine_volume(lab, print)
    lab.host("hc1").write(rehearsal.SECRETS_FILE, SECRETS.encode(), mode=0o600)
    return lab


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("existing-volume.conf", "Create the cloud-init ISO for engine.hc.test (network by DHCP)"),
        ("static-network.yaml", "Create the cloud-init ISO for engine.hc.test (network 10.90.0.100/24"),
    ],
)
def test_a_sample_plans_what_it_says(ready: Lab, sample: str, said: str) -> None:
    adapted = Path("/root") / sample
    ready.host("hc1").write(adapted, in_lab(sample))
    files = [word for path in (adapted, rehearsal.SECRETS_FILE) for word in ("--answers", str(path))]
    given = [word for setting in SMALL for word in ("--set", setting)]
    words = ("deploy", "--plan", "--unattended", *files, *given, "--output", "plain")
    planned = ready.exec("hc1", rehearsal.PROGRAM, *words, timeout=200)
    assert said in planned.out
    assert "This is the plan. Nothing was changed." in planned.out
