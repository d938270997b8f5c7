"""Whole plans, from a command line and an answer file to the resources, on recorded machines: without root, without a host."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.appliances import RAW, ovirt_members, write_ova
from tests.machines.answering import drawn_alike, machine
from tests.machines.planning import whole_plan
from tests.machines.recording import FOLDER, NotRecorded

GOLDEN = Path(__file__).parent / "golden" / "plans"
NEW = {"HC_GLUSTER/build": "True", "HC_GLUSTER/hosts": "hc1.hc.test,hc2.hc.test,hc3.hc.test"}
STORAGE_APART = {**NEW, "HC_GLUSTER/hosts": "hc1-st.hc.test,hc2-st.hc.test,hc3-st.hc.test"}
LOOPS = {
    **NEW,
    "HC_GLUSTER/device": "hc1.hc.test=/dev/loop12,hc2.hc.test=/dev/loop14,hc3.hc.test=/dev/loop16",
}
OF_HOSTS = {
    **NEW,
    "HC_GLUSTER/device": "/dev/loop12",
    "hc1:OVEHOSTED_NETWORK/network_test": "none",
    "hc2.hc.test:HC_GLUSTER/device": "/dev/loop14",
    "hc2.hc.test:OVEHOSTED_NETWORK/bridgeIf": "eno2",
    "hc3.hc.test:HC_GLUSTER/device": "/dev/loop16",
    "hc3:OVEHOSTED_STORAGE/hostID": "7",
}
PLANS: dict[str, tuple[str, str, dict[str, str]]] = {
    "three-new-hosts": ("lab-hc1", "deploy", LOOPS),
    "answers-of-hosts": ("lab-hc1", "deploy", OF_HOSTS),
    "answers-of-another-host": ("lab-hc1", "deploy", {**OF_HOSTS, "hc33:OVEHOSTED_NETWORK/bridgeIf": "eno2"}),
    "existing-volume": ("volume-hc1", "deploy", {}),
    "server": ("server-hc1", "deploy", NEW),
    "without-packages": ("bare-hc1", "deploy", {**NEW, "OVEHOSTED_VDSM/cpu": "model_Nehalem"}),
    "arbiter": ("server-hc1", "deploy", {**NEW, "HC_GLUSTER/arbiter": "True"}),
    "bond": ("bond-hc1", "deploy", NEW),
    "vlan": ("vlan-hc1", "deploy", NEW),
    "two-networks": ("two-networks-hc1", "deploy", NEW),
    "two-networks-storage-apart": ("two-networks-hc1", "deploy", STORAGE_APART),
    "storage-network": ("storage-network-hc1", "deploy", {}),
    "el9": ("el9-hc1", "deploy", NEW),
    "ovirt": ("ovirt-hc1", "deploy", {}),
    "nvme": ("nvme-hc1", "deploy", NEW),
    "4k": ("4k-hc1", "deploy", NEW),
    "small": ("small-hc1", "deploy", {}),
    "small-asked-for-too-much": ("small-hc1", "deploy", {"OVEHOSTED_VM/vmMemSizeMB": "16384", "OVEHOSTED_VM/vmVCpus": "4"}),
    "with-vms": ("with-vms-hc1", "deploy", {}),
    "deployed": ("deployed-hc1", "deploy", {}),
    "joining": ("joining-hc2", "add-host", {}),
}
"""By the name of the golden: machine, verb, and what is set beside tests/machines/site.conf."""


def planned(name: str, folder: Path) -> str:
    """The plan of that name; `folder` is an empty one to work in."""
    recording, verb, given = PLANS[name]
    shutil.copy(FOLDER / "site.conf", folder)
    (folder / "site.conf").chmod(0o600)
    words = [verb, "--unattended", "--answers", "site.conf"]
    words += [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    appliance = appliance_in(folder)
    tree = folder / "tree"
    tree.mkdir()
    with drawn_alike(), machine(recording, tree, appliance) as host:
        return whole_plan(words, host)


def appliance_in(folder: Path) -> Path:
    return write_ova(folder / "engine-appliance.ova", ovirt_members(RAW, "RAW"))


@pytest.mark.parametrize("name", PLANS)
def test_the_plan_is_the_golden_one(name: str, tmp_path: Path) -> None:
    """UPDATE_GOLDEN=1 writes it instead."""
    text, path = planned(name, tmp_path), GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def test_what_a_machine_was_never_asked_is_an_error_that_names_it(tmp_path: Path) -> None:
    """Nothing is made up: no command, no file, neither through a Host nor around it; and nothing is written."""
    with machine("volume-hc1", tmp_path, tmp_path / "appliance") as host:
        assert host.run("nproc", "--all").out == "2\n"
        for ask in (
            lambda: host.run("nproc"),
            lambda: host.run("nproc", "--all", stdin=b"1"),
            lambda: host.read(Path("/etc/hosts")),
            lambda: Path("/etc/hosts").exists(),
            lambda: host.write(Path("/etc/hosts"), b""),
        ):
            with pytest.raises(NotRecorded, match=r"nproc|/etc/hosts"):
                ask()
        assert not Path("/rhev/data-center/mnt/anything").exists()


def test_every_recording_says_where_it_comes_from_and_stands_in_a_plan() -> None:
    used = {recording for recording, _, _ in PLANS.values()}
    for file in FOLDER.glob("*.json"):
        data = json.loads(file.read_text())
        assert data["source"], file
        used |= {data.get("based_on", "")} | {*data.get("hosts", {}).values()}
    assert {file.stem for file in FOLDER.glob("*.json")} <= used
