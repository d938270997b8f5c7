"""How much the lab's appliance costs until its health page answers: at its first boot, and at the next one.

    python -m benchmarks.appliance_boot [ROUNDS] [IMAGE]

As root. Boots IMAGE (the lab's own appliance, made when it is not there) ROUNDS times (3) without KVM, as the engine VM of a
deployment without KVM is: the same CPU model, and a seed that this program writes. Prints the processors' seconds that QEMU took,
which other work on the machine changes less than it changes the clock's, until sshd answers, engine-setup begins, and the page
is there.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.appliance.cloud_init import VOLUME_ID, documents
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.seed import Seed, StaticNetwork
from ovirt_hc_setup.system.appliance import iso
from tests.lab.appliance_guest import ADDRESS, MAC, Guest, Listener, running

CPU_MODEL = "Nehalem"
LIMIT = 1800.0


def write_seed(path: Path) -> Path:
    hashed = subprocess.run(("openssl", "passwd", "-6", "-stdin"), input="root's\n", capture_output=True, text=True, check=True)
    seed = Seed(
        instance_id=uuid4(),
        fqdn=Fqdn.parse("engine.hc.test"),
        mac=MacAddress.parse(MAC),
        static=StaticNetwork(address=f"{ADDRESS}/24", gateway=Ip.parse("10.0.2.2")),
        dns=(Ip.parse("10.0.2.3"),),
    )
    path.write_bytes(iso.make(VOLUME_ID, documents(seed, root_hash=hashed.stdout.strip(), admin_password=Secret("a:b =%s"))))
    return path


def until_healthy(guest: Guest, listener: Listener) -> dict[str, float]:
    seen: dict[str, float] = {}
    end = time.monotonic() + LIMIT
    while guest.health()[0] != 200:
        if time.monotonic() > end:
            sys.exit(f"no health page within {LIMIT:.0f} s; the guest's console ends with:\n{guest.console()[-2000:]}")
        if "sshd" not in seen and guest.has_ssh():
            seen["sshd"] = guest.work()
        if "engine-setup" not in seen and listener.text:
            seen["engine-setup"] = guest.work()
        time.sleep(0.3)
    return {**seen, "health page": guest.work()}


def boot(folder: Path, disk: Path, seed: Path | None) -> dict[str, float]:
    with running(folder, disk, seed, cpu=CPU_MODEL) as guest:
        return until_healthy(guest, Listener(guest.port))


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    image = Path(sys.argv[2]) if len(sys.argv) > 2 else appliance(print).qcow2
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        # As in a volume, which has it unpacked.
        raw = folder / "appliance.raw"
        subprocess.run(("qemu-img", "convert", "-O", "raw", str(image), str(raw)), check=True)
        for number in range(rounds):
            disk = folder / f"{number}.qcow2"
            subprocess.run(("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(raw), str(disk), "4G"), check=True)
            for kind, seed in (("first boot", write_seed(folder / "seed.iso")), ("next boot", None)):
                begun = time.monotonic()
                seen = boot(folder / f"{number} {kind}".replace(" ", "-"), disk, seed)
                shown = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in seen.items())
                print(f"{kind:10} {shown}; {time.monotonic() - begun:.0f} s by the clock", flush=True)


if __name__ == "__main__":
    main()
