"""Bad answers, storage and hosts: `deploy` says what is wrong, with value and origin, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.odd_volumes import make_odd_volumes, remove_odd_volumes

pytestmark = pytest.mark.lab

SECRETS = """\
[environment:default]
OVEHOSTED_VM/cloudinitRootPwd=str:unsaid-by-root
OVEHOSTED_ENGINE/adminPassword=str:unsaid-by-admin
"""
TRACES = """
ls -A /var/lib/ovirt-hc-setup/runs 2>/dev/null; find /run/ovirt-hc-setup -type f
ip -br link; findmnt -rn; ls /rhev 2>&1; virsh list --all
"""

STORAGE = "OVEHOSTED_STORAGE/storageDomainConnection"
MEMORY = "OVEHOSTED_VM/vmMemSizeMB"
FQDN = "OVEHOSTED_NETWORK/fqdn"
APPLIANCE = "OVEHOSTED_VM/ovfArchive"


@pytest.fixture(scope="module")
def hosts(lab: Lab) -> Iterator[Lab]:
    """hc1 with the rehearsal's answers, and volumes of every kind."""
    appliance(print)
    lab.up(print)
    make_engine_volume(lab, print)
    make_odd_volumes(lab)
    lab.host("hc1").write(rehearsal.ANSWERS_FILE, rehearsal.answers_file().read_bytes(), mode=0o600)
    lab.host("hc1").write(rehearsal.SECRETS_FILE, SECRETS.encode(), mode=0o600)
    yield lab
    remove_odd_volumes(lab)


def deploy(lab: Lab, *settings: str, files: tuple[str, ...] = (), prefix: tuple[str, ...] = ()) -> Outcome:
    """`deploy --unattended` with some answers spoilt; asserts that nothing is left behind."""
    answers = [word for file in (rehearsal.ANSWERS_FILE, rehearsal.SECRETS_FILE, *files) for word in ("--answers", str(file))]
    spoilt = [word for setting in settings for word in ("--set", setting)]
    before = lab.exec("hc1", "sh", "-c", TRACES).out
    words = ("ovirt-hc-setup", "deploy", "--unattended", *answers, *spoilt, "--output", "plain")
    outcome = lab.exec("hc1", *prefix, *words, check=False, timeout=120)
    assert lab.exec("hc1", "sh", "-c", TRACES).out == before
    assert "Traceback" not in outcome.out + outcome.err
    assert "unsaid" not in outcome.out + outcome.err
    return outcome


def test_every_answer_of_a_wrong_form_is_told_at_once_with_value_file_and_line(hosts: Lab) -> None:
    wrong = {
        MEMORY: "int:abc",
        FQDN: "str:10.90.0.77",
        "OVEHOSTED_VM/vmMACAddr": "str:01:00:5e:00:00:01",
        "OVEHOSTED_VM/cloudinitVMDNS": "str:10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4",
        "OVEHOSTED_STORAGE/imgSizeGB": "int:0",
        "OVEHOSTED_VM/cloudinitVMETCHOSTS": "bool:perhaps",
        "OVEHOSTED_VM/vmMemSizeMb": "int:4096",
    }
    text = "[environment:default]\n" + "".join(f"{key}={value}\n" for key, value in wrong.items())
    hosts.host("hc1").write(rehearsal.ANSWERS_FILE.with_name("wrong.conf"), text.encode())
    outcome = deploy(hosts, files=("/root/wrong.conf",))
    assert outcome.code == 2
    for number, (key, value) in enumerate(wrong.items(), 2):
        assert f"/root/wrong.conf line {number}" in outcome.err, key
        # A value that is not of its type is not repeated: it may be a password in the wrong line.
        if value.startswith("str:") or value == "int:0":
            assert value.partition(":")[2].split(",")[0] in outcome.err, key
    assert f"Did you mean {MEMORY}?" in outcome.err


def test_every_missing_answer_is_told_at_once(hosts: Lab) -> None:
    words = ("ovirt-hc-setup", "deploy", "--unattended", "--set", f"{STORAGE}=hc1.hc.test:/engine")
    outcome = hosts.exec("hc1", *words, check=False, timeout=120)
    assert outcome.code == 2
    for key in (FQDN, "OVEHOSTED_VM/cloudinitRootPwd", "OVEHOSTED_ENGINE/adminPassword"):
        assert f"{key} is missing" in outcome.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OVEHOSTED_VM/vmMemSizeMB=int:4096\n", "line 1: OVEHOSTED_VM/vmMemSizeMB comes before any section"),
        ("[environment:default]\nOVEHOSTED_VM/vmMemSizeMB=4096\n", "line 2: the value of OVEHOSTED_VM/vmMemSizeMB has no type"),
        ("[environment:default]\nnonsense\n", "line 2: neither a section nor KEY=type:value"),
    ],
)
def test_an_answer_file_that_does_not_parse_is_refused_with_its_line(hosts: Lab, text: str, said: str) -> None:
    hosts.host("hc1").write(rehearsal.ANSWERS_FILE.with_name("broken.conf"), text.encode())
    outcome = deploy(hosts, files=("/root/broken.conf",))
    assert outcome.code == 2
    assert said in outcome.err


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("hc1.hc.test:/", "no volume after the colon"),
        ("hc1.hc.test:/absent", "absent"),
        ("hc1.hc.test:/stopped", "stopped"),
        ("hc1.hc.test:/replica2", "replica 2"),
        ("hc1.hc.test:/distribute", "distribute"),
        ("hc1.hc.test:/twohosts", "host"),
        ("10.90.0.99:/engine", "10.90.0.99"),
    ],
)
def test_storage_that_is_not_fit_is_refused_and_named(hosts: Lab, path: str, said: str) -> None:
    outcome = deploy(hosts, f"{STORAGE}={path}")
    assert outcome.code in (2, 3)
    assert said.lower() in (outcome.out + outcome.err).lower()


def test_a_volume_that_holds_a_storage_domain_is_refused_and_left_alone(hosts: Lab) -> None:
    domain = "/mnt/11111111-2222-3333-4444-555555555555"
    hosts.exec(
        "hc1",
        "sh",
        "-c",
        f"mount -t glusterfs hc1.hc.test:/engine /mnt && mkdir -p {domain}/dom_md && echo x > {domain}/dom_md/metadata",
    )
    try:
        outcome = deploy(hosts)
        assert outcome.code == 3
        assert "11111111-2222-3333-4444-555555555555" in outcome.out
        assert hosts.exec("hc1", "cat", f"{domain}/dom_md/metadata").out == "x\n"
    finally:
        hosts.exec("hc1", "sh", "-c", f"rm -rf {domain}; umount /mnt")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("true", "there is no such file"),
        ("echo hello > {path}", "{path}"),
        ("head -c 100000 /usr/share/ovirt-engine-appliance/engine-appliance.qcow2 > {path}", "{path}"),
        ("head -c 1000000 /usr/share/ovirt-engine-appliance/engine-appliance.ova > {path}", "{path}"),
        (
            "qemu-img create -q -f qcow2 /tmp/base.qcow2 1G; qemu-img create -q -f qcow2 -b /tmp/base.qcow2 -F qcow2 {path}",
            "backing file",
        ),
        ("echo x > /tmp/x; tar -cPf {path} /tmp/../tmp/x", "{path}"),
    ],
)
def test_an_appliance_that_cannot_be_used_is_refused_before_anything_is_changed(hosts: Lab, make: str, said: str) -> None:
    path = "/tmp/bad-appliance"
    hosts.exec("hc1", "sh", "-c", f"rm -f {path}; {make.format(path=path)}")
    outcome = deploy(hosts, f"{APPLIANCE}={path}")
    assert outcome.code in (2, 3)
    assert said.format(path=path) in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ((f"{FQDN}=absent.hc.test",), "absent.hc.test"),
        ((f"{FQDN}=hc1.hc.test",), "hc1.hc.test"),
        ((f"{MEMORY}=4000000",), "4000000"),
        (("OVEHOSTED_VM/cloudinitVMStaticCIDR=10.80.0.5/24",), "10.80.0.5/24"),
        (("OVEHOSTED_NETWORK/bridgeIf=absent0",), "absent0"),
        (("OVEHOSTED_NETWORK/gateway=10.90.0.98",), "10.90.0.98"),
    ],
)
def test_what_does_not_fit_this_host_or_its_network_is_refused_and_named(
    hosts: Lab, settings: tuple[str, ...], said: str
) -> None:
    outcome = deploy(hosts, *settings)
    assert outcome.code in (2, 3)
    assert said in outcome.out + outcome.err


def test_nobody_but_root_can_deploy(hosts: Lab) -> None:
    words = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "ovirt-hc-setup", "deploy", "--unattended")
    outcome = hosts.exec("hc1", *words, check=False)
    assert outcome.code == 2
    assert "must be run as root" in outcome.err


def test_a_vm_that_is_not_ours_is_named_and_left_alone(hosts: Lab) -> None:
    xml = b"<domain type='qemu'><name>theirs</name><memory>65536</memory><os><type>hvm</type></os></domain>"
    hosts.exec("hc1", "virsh", "define", "/dev/stdin", stdin=xml)
    try:
        outcome = deploy(hosts)
        assert outcome.code == 3
        assert "theirs" in outcome.out
        assert "theirs" in hosts.exec("hc1", "virsh", "list", "--all").out
    finally:
        hosts.exec("hc1", "virsh", "undefine", "theirs")


def test_a_host_without_libvirt_is_told_so(hosts: Lab) -> None:
    hosts.exec("hc1", "sh", "-c", "systemctl stop 'libvirtd*'; systemctl mask --runtime libvirtd.service libvirtd.socket")
    try:
        outcome = hosts.exec("hc1", "ovirt-hc-setup", "check", "--unattended", "--answers", str(rehearsal.ANSWERS_FILE),
                             "--answers", str(rehearsal.SECRETS_FILE), "--output", "plain", check=False, timeout=120)  # fmt: skip
        assert outcome.code in (2, 3)
        assert "libvirt" in outcome.out + outcome.err
        assert "Traceback" not in outcome.err
    finally:
        hosts.exec(
            "hc1", "sh", "-c", "systemctl unmask --runtime libvirtd.service libvirtd.socket; systemctl start libvirtd.socket"
        )


def test_plan_shows_all_of_it_and_changes_nothing(hosts: Lab) -> None:
    files = ("--answers", str(rehearsal.ANSWERS_FILE), "--answers", str(rehearsal.SECRETS_FILE))
    before = hosts.exec("hc1", "sh", "-c", TRACES).out
    outcome = hosts.exec("hc1", "ovirt-hc-setup", "deploy", "--plan", "--unattended", *files, "--output", "plain", timeout=120)
    assert hosts.exec("hc1", "sh", "-c", TRACES).out == before
    for step in (
        "bridge ovirtmgmt",
        "Mount hc1.hc.test:/engine",
        "storage domain hosted_storage",
        "VM HostedEngine",
        "shared configuration",
    ):
        assert step in outcome.out
