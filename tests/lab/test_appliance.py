"""The lab's appliance keeps the contract of docs/appliance-contract.md. Boots it for real, several times, without KVM."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.appliance.cloud_init import VOLUME_ID, documents
from ovirt_hc_setup.formats.appliance.engine_setup import INTERRUPTED
from ovirt_hc_setup.lab.appliance import BuiltAppliance, appliance
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.seed import HostsLine, Seed, StaticNetwork
from ovirt_hc_setup.system.appliance import iso
from tests.lab.appliance_guest import MAC, PORT_NAME, Guest, Listener, running, wait_until, write_seed

pytestmark = pytest.mark.lab

FQDN = "engine.hc.test"
ADMIN_PASSWORD = "a:b =%s#ü' \"c"
SUCCESS, FAIL = "HE_APPLIANCE_ENGINE_SETUP_SUCCESS", "HE_APPLIANCE_ENGINE_SETUP_FAIL"
SETUP = f"""port=/dev/virtio-ports/{PORT_NAME}
files="--config-append=/root/ovirt-engine-answers --config-append=/root/heanswers.conf"
if engine-setup --accept-defaults --offline $files > $port 2>&1
then echo {SUCCESS} > $port; else echo {FAIL} > $port; fi
stat -c '%a %U:%G' /root/heanswers.conf > /root/mode-of-heanswers
cd /var/lib/cloud/instance && rm -f /root/heanswers.conf user-data.txt* cloud-config.txt obj.pkl
"""
ANSWERS = {
    "OVESETUP_CONFIG/adminPassword": ADMIN_PASSWORD,
    "OVESETUP_CONFIG/fqdn": FQDN,
    "OVESETUP_PKI/organization": "Hänsel/Söhne + Co",
}
DHCP = {"version": 2, "ethernets": {"nic0": {"match": {"macaddress": MAC}, "dhcp4": True}}}
SUBNET = {"type": "static", "address": "10.0.2.77/24", "gateway": "10.0.2.2", "dns_nameservers": ["10.0.2.3"]}
STATIC = {"version": 1, "config": [{"type": "physical", "name": "eth0", "mac_address": MAC, "subnets": [SUBNET]}]}


@dataclass(frozen=True)
class Workshop:
    """A folder for guests, with a key for root and the hash of a password."""

    folder: Path
    made: BuiltAppliance
    public_key: str
    root_hash: str

    def disk(self, name: str, size: str) -> Path:
        path = self.folder / f"{name}.qcow2"
        create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", str(self.made.qcow2)]
        subprocess.run([*create, str(path), size], check=True)
        return path

    def seed(self, name: str, answers: dict[str, str], network: dict[str, object] | None, **meta: str) -> Path:
        heanswers = "[environment:default]\n" + "".join(f"{key}=str:{value}\n" for key, value in answers.items())
        user = {
            "ssh_pwauth": True,
            "disable_root": False,
            "ssh_authorized_keys": [self.public_key],
            "chpasswd": {"expire": False, "list": [f"root:{self.root_hash}"]},
            "timezone": "Pacific/Auckland",
            "bootcmd": [["sh", "-c", f"grep -q {FQDN} /etc/hosts || echo 10.0.2.15 {FQDN} >> /etc/hosts"]],
            "write_files": [
                {
                    "path": "/root/heanswers.conf",
                    "owner": "root:root",
                    "permissions": "0640",
                    "content": heanswers,
                }
            ],
            "runcmd": [SETUP, ["systemctl", "mask", "cloud-init-local", "cloud-init"]],
        }
        files = {
            "meta-data": yaml.safe_dump({"instance-id": f"id-{name}", "local-hostname": FQDN, **meta}),
            "user-data": "#cloud-config\n" + yaml.safe_dump(user, allow_unicode=True),
        }
        if network:
            files["network-config"] = yaml.safe_dump(network)
        path = self.folder / f"{name}.iso"
        write_seed(path, files)
        return path


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("appliance")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    hashed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input="root's secret\n", capture_output=True, text=True)
    return Workshop(folder, appliance(print), (folder / "key.pub").read_text().strip(), hashed.stdout.strip())


@dataclass(frozen=True)
class Booted:
    guest: Guest
    said: str
    work: float
    disk: Path


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> Iterator[Booted]:
    """The first boot as a deployment does it: DHCP, the disk grown, somebody at the port."""
    disk = workshop.disk("engine", "7G")
    seed = workshop.seed("engine", ANSWERS, DHCP)
    with running(workshop.folder / "engine", disk, seed) as guest:
        listener = Listener(guest.port)
        listener.wait_for("HE_APPLIANCE_ENGINE_SETUP_")
        guest.wait_for_health()
        work = guest.work()
        wait_until("cloud-init's end", lambda: "done" in guest.run("cloud-init status || true"))
        yield Booted(guest, listener.text, work, disk)


def test_engine_setup_is_followed_on_the_port_up_to_its_marker(engine: Booted) -> None:
    assert "[ INFO  ] Stage: Initializing\n[ INFO  ] Stage: Environment setup\n" in engine.said
    assert engine.said.endswith(f"[ INFO  ] Execution of setup completed successfully\n{SUCCESS}\n")
    assert ADMIN_PASSWORD not in engine.said


def test_the_health_page_answers_and_the_boot_cost_little(engine: Booted) -> None:
    assert engine.guest.health() == (200, "DB Up!Welcome to Health Status!")
    assert engine.work < 300, "seconds of the processors, of which it took 50; benchmarks/appliance_boot.py tells them apart"


def test_the_guest_is_what_the_seed_asked_for(engine: Booted, workshop: Workshop) -> None:
    run = engine.guest.run
    assert run("hostname -f").strip() == FQDN
    assert run("date +%Z").strip() in ("NZDT", "NZST")
    assert f"root:{workshop.root_hash}:" in run("getent shadow root")
    assert f"10.0.2.15 {FQDN}" in run("cat /etc/hosts")
    assert run("cat /root/mode-of-heanswers") == "640 root:root\n"
    assert run("ls /root/heanswers.conf 2>&1 || true").endswith("No such file or directory\n")
    assert int(run("df --output=size -BM / | tail -1").strip().rstrip("M")) > 6000


def test_the_admin_password_arrives_as_it_was_typed_and_is_kept_as_a_hash_only(engine: Booted) -> None:
    assert engine.guest.login(ADMIN_PASSWORD) == 200
    assert engine.guest.login(ADMIN_PASSWORD + " ") == 401
    assert engine.guest.login("") == 401
    assert engine.guest.get("/ovirt-engine/lab/login")[0] == 401
    # Also not in what cloud-init keeps; the search is for a part without characters that YAML or a shell would change.
    places = "/etc /root /var /usr/share/ovirt-engine* /tmp"
    assert engine.guest.run(f"grep -rlaF 'a:b =%s#' {places} 2>/dev/null || true") == ""


def test_engine_setup_makes_a_ca_of_the_asked_organisation(engine: Booted) -> None:
    code, text = engine.guest.get("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA")
    argv = ["openssl", "x509", "-noout", "-subject", "-nameopt", "multiline,utf8,-esc_msb"]
    shown = subprocess.run(argv, input=text, capture_output=True, text=True, check=True).stdout
    assert code == 200
    assert "organizationName          = Hänsel/Söhne + Co\n" in shown
    assert f"commonName                = {FQDN}." in shown
    assert engine.guest.run("stat -c %a /etc/pki/ovirt-engine/private/ca.pem") == "600\n"


def test_the_health_page_says_so_when_the_database_is_gone(engine: Booted) -> None:
    where = "/var/lib/ovirt-engine/engine.db"
    engine.guest.run(f"mv {where} {where}.away")
    try:
        assert engine.guest.health() == (500, "DB Down!")
    finally:
        engine.guest.run(f"mv {where}.away {where}")
    assert engine.guest.health()[0] == 200


def test_a_second_engine_setup_is_refused(engine: Booted) -> None:
    said = engine.guest.run("engine-setup --accept-defaults --offline --config-append=/root/ovirt-engine-answers; echo $?")
    assert "no answer for OVESETUP_CONFIG/adminPassword; no answer for OVESETUP_CONFIG/fqdn" in said
    assert said.endswith("[ ERROR ] Execution of setup failed\n1\n")


def test_the_seed_is_valid_for_the_cloud_init_of_the_guest(engine: Booted) -> None:
    assert "Invalid cloud-config" not in engine.guest.console()


def test_the_engine_is_back_after_a_reboot_without_seed_and_ends_by_its_power_button(engine: Booted, workshop: Workshop) -> None:
    engine.guest.run("sync; systemctl is-enabled cloud-init cloud-init-local || true")
    engine.guest.process.kill()
    engine.guest.process.wait()
    with running(workshop.folder / "again", engine.disk, None) as guest:
        guest.wait_for_health()
        assert guest.run("hostname -f").strip() == FQDN
        assert guest.run("systemctl is-active cloud-init || true") == "inactive\n"
        wait_until("its end", lambda: guest.ends_by_its_power_button(within=20))


def test_a_setup_that_fails_says_so_on_the_port_and_no_engine_answers(workshop: Workshop) -> None:
    """Also: the root disk on virtio-scsi, a network configuration that nobody reads."""
    disk = workshop.disk("failing", "2G")
    without_name = {key: value for key, value in ANSWERS.items() if not key.endswith("/fqdn")}
    seed = workshop.seed("failing", without_name, STATIC)
    with running(workshop.folder / "failing", disk, seed, "scsi-hd,bus=scsi0.0") as guest:
        listener = Listener(guest.port)
        listener.wait_for(FAIL)
        assert "[ ERROR ] Failed to execute stage 'Setup validation': no answer for OVESETUP_CONFIG/fqdn\n" in listener.text
        assert SUCCESS not in listener.text
        assert guest.health() == (0, "")
        addresses = guest.run("ip -4 address show dev eth0")
        assert ("10.0.2.15/24" in addresses, "10.0.2.77" in addresses) == (True, False), "cloud-init leaves the network alone"
        assert "10.0.2.3" in guest.run("cat /etc/resolv.conf")


def test_engine_setup_waits_for_somebody_at_the_port_and_goes_on(workshop: Workshop) -> None:
    """A killed worker leaves the port; the next one has to come back. Also: no word of a network."""
    disk = workshop.disk("waiting", "2G")
    seed = workshop.seed("waiting", ANSWERS, None)
    with running(workshop.folder / "waiting", disk, seed) as guest:
        wait_until("sshd", guest.has_ssh)
        wait_until("engine-setup's start", lambda: guest.has_begun("engine-setup"))
        with pytest.raises(AssertionError):
            wait_until("the health page, which must not come yet", lambda: guest.health()[0] == 200, 10)
        first = Listener(guest.port)
        first.wait_for("Stage: Initializing")
        first.leave()
        second = Listener(guest.port)
        second.wait_for(SUCCESS)
        guest.wait_for_health()


def test_a_guest_killed_during_engine_setup_begins_again_with_a_new_instance_id(workshop: Workshop) -> None:
    disk = workshop.disk("killed", "2G")
    with running(workshop.folder / "killed", disk, workshop.seed("killed", ANSWERS, DHCP)) as guest:
        # Nobody is at the port, so engine-setup stands still at its first line.
        wait_until("sshd", guest.has_ssh)
        wait_until("engine-setup's start", lambda: guest.has_begun("engine-setup"))
        # So that cloud-init's note of having run the seed is on the disk, which else is a matter of luck.
        guest.run("sync")
    with running(workshop.folder / "new-id", disk, workshop.seed("another", ANSWERS, DHCP)) as guest:
        Listener(guest.port).wait_for(SUCCESS)
        guest.wait_for_health()


def test_the_seed_that_this_program_writes_is_taken(workshop: Workshop) -> None:
    """Nobody listens at first: engine-setup ends all the same, and who comes late still gets every line. The static address is
    another one than DHCP's, and the guest's cloud-init does not set it."""
    static = StaticNetwork(address="10.0.2.15/24", gateway=Ip.parse("10.0.2.2"))
    wanted = Seed(
        instance_id=uuid4(),
        fqdn=Fqdn.parse(FQDN),
        mac=MacAddress.parse(MAC),
        static=static,
        dns=(Ip.parse("10.0.2.3"),),
        ssh_keys=(workshop.public_key,),
        hosts=(HostsLine(address=Ip.parse("10.0.2.15"), name=Fqdn.parse(FQDN)),),
    )
    seed = workshop.folder / "ours.iso"
    files = documents(wanted, root_hash=workshop.root_hash, admin_password=Secret(ADMIN_PASSWORD))
    seed.write_bytes(iso.make(VOLUME_ID, files))
    disk = workshop.disk("ours", "4G")
    with running(workshop.folder / "ours", disk, seed, dhcp="10.0.2.40") as guest:
        guest.wait_for_health()
        listener = Listener(guest.port)
        listener.wait_for(SUCCESS)
        assert listener.text.startswith("[ INFO  ] Stage: Initializing\n")
        assert guest.login(ADMIN_PASSWORD) == 200
        assert guest.run("hostname -f").strip() == FQDN
        assert guest.run("ls /root/heanswers.conf 2>&1 || true").endswith("No such file or directory\n")
        assert "Invalid cloud-config" not in guest.console()
        addresses = guest.run("ip -4 -o address show dev eth0")
        assert ("10.0.2.15/24" in addresses, "10.0.2.40" in addresses) == (True, False)
        assert guest.run("grep -v '^#' /etc/resolv.conf").split() == ["search", "hc.test", "nameserver", "10.0.2.3"]
        guest.run("sync")
    with running(workshop.folder / "ours-again", disk, seed, dhcp="10.0.2.40") as guest:
        listener = Listener(guest.port)
        guest.wait_for_health()
        assert listener.text == "", "a boot after the end is no repetition, also with the seed still in the drive"


def test_a_guest_killed_during_engine_setup_says_so_at_its_next_boot_and_keeps_no_password(workshop: Workshop) -> None:
    """The seed of this program, and the same one again: that is what a power cut of the host leaves."""
    wanted = Seed(instance_id=uuid4(), fqdn=Fqdn.parse(FQDN), mac=MacAddress.parse(MAC), ssh_keys=(workshop.public_key,))
    seed, disk = workshop.folder / "cut.iso", workshop.disk("cut", "2G")
    files = documents(wanted, root_hash=workshop.root_hash, admin_password=Secret(ADMIN_PASSWORD))
    seed.write_bytes(iso.make(VOLUME_ID, files))
    with running(workshop.folder / "cut", disk, seed) as guest:
        Listener(guest.port).wait_for("Stage: Initializing")
    with running(workshop.folder / "cut-again", disk, seed) as guest:
        listener = Listener(guest.port)
        listener.wait_for(f"{INTERRUPTED}\n")
        wait_until("sshd", guest.has_ssh)
        places = "/etc /root /var /usr/share/ovirt-engine* /tmp"
        assert guest.run(f"grep -rlaF 'a:b =%s#' {places} 2>/dev/null || true") == ""
        assert guest.health() == (0, "")
        assert set(listener.text.splitlines()) == {INTERRUPTED}, "and engine-setup is not begun a second time"


def test_nothing_in_the_image_is_secret_or_would_be_the_same_in_two_engines(workshop: Workshop) -> None:
    raw = workshop.folder / "looked-at.raw"
    subprocess.run(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", str(workshop.made.qcow2), str(raw)], check=True)

    def look(command: str) -> str:
        argv = ["debugfs", "-R", command, f"{raw}?offset={1 << 20}"]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    assert look("cat /etc/hostname") == "engine-appliance\n", "so this does look into the image"
    assert look("cat /etc/machine-id") == ""
    assert "sshd_config" in look("ls /etc/ssh")
    assert "ssh_host" not in look("ls /etc/ssh")
    assert [line for line in look("cat /etc/shadow").splitlines() if line.split(":")[1] not in ("*", "!", "!*")] == []
    assert "authorized_keys" not in look("ls /root/.ssh")
    raw.unlink()


def test_the_archive_holds_the_image_and_the_descriptors_their_checksums(workshop: Workshop) -> None:
    made = workshop.made
    for descriptor, file, release in zip(made.descriptors, (made.qcow2, made.ova), "21", strict=True):
        described = dict(line.split("=", 1) for line in descriptor.read_text().splitlines())
        assert described["version"] == f"{made.version}-{release}"
        assert described["path"] == f"/usr/share/ovirt-engine-appliance/{file.name}"
        assert described["sha1sum"] == hashlib.sha1(file.read_bytes()).hexdigest()
    with tarfile.open(made.ova, "r:gz") as archive:
        largest = max(archive.getmembers(), key=lambda member: member.size)
        volume = archive.extractfile(largest)
        assert volume is not None
        assert hashlib.sha256(volume.read()).digest() == hashlib.sha256(made.qcow2.read_bytes()).digest()


def test_the_second_call_makes_nothing(workshop: Workshop) -> None:
    said: list[str] = []
    assert appliance(said.append) == workshop.made
    assert said == []
