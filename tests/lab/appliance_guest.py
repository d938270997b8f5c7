"""A guest of the lab's appliance, under QEMU without KVM, with the loopback's ports and a socket to reach it."""

from __future__ import annotations

import base64
import io
import os
import shlex
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pycdlib

MAC = "52:54:00:12:34:56"
ADDRESS = "10.0.2.15"
PORT_NAME = "org.ovirt.hosted-engine-setup.0"
# Generous: other work may share the machine, and a boot is forty seconds of its processors.
LIMIT = 600.0


def write_seed(path: Path, files: dict[str, str]) -> None:
    """A NoCloud seed: an ISO labelled `cidata`."""
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident="cidata")
    for number, (name, text) in enumerate(files.items()):
        data = text.encode()
        iso.add_fp(io.BytesIO(data), len(data), f"/F{number}.;1", rr_name=name, joliet_path=f"/{name}")
    iso.write(str(path))
    iso.close()


def wait_until(what: str, true: Callable[[], bool], limit: float = LIMIT) -> None:
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, f"not within {limit:.0f} s: {what}"
        time.sleep(0.3)


class Listener:
    """Whoever follows the virtio port on the host's side."""

    def __init__(self, path: Path) -> None:
        self.text = ""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        with suppress(OSError):
            while data := self._socket.recv(4096):
                self.text += data.decode()

    def wait_for(self, text: str, limit: float = LIMIT) -> None:
        wait_until(f"'{text}' on the port", lambda: text in self.text, limit)

    def leave(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Guest:
    def __init__(self, folder: Path, process: subprocess.Popen[bytes], http: int, ssh: int) -> None:
        self.folder, self.process, self._http, self._ssh = folder, process, http, ssh

    @property
    def port(self) -> Path:
        return self.folder / "port.sock"

    def get(self, path: str, authorization: str | None = None) -> tuple[int, str]:
        """Code and body; code 0 when nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self._http}{path}")
        if authorization:
            request.add_header("Authorization", authorization)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def health(self) -> tuple[int, str]:
        return self.get("/ovirt-engine/services/health")

    def login(self, password: str) -> int:
        """The code of the stand-in's login page for the admin with this password."""
        token = base64.b64encode(f"admin@internal:{password}".encode()).decode()
        return self.get("/ovirt-engine/lab/login", f"Basic {token}")[0]

    def console(self) -> str:
        return (self.folder / "console.log").read_text(errors="replace")

    def wait_for_health(self) -> None:
        wait_until("the health page", lambda: self.health()[0] == 200)

    def work(self) -> float:
        """Seconds of the processors that QEMU took so far; other work on the machine changes them less than the clock's."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def has_ssh(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._ssh), timeout=5) as connection:
                return bool(connection.recv(16))
        except OSError:
            return False

    def ends_by_its_power_button(self, within: float) -> bool:
        """Asked once, as libvirt asks a VM to end; like one that still boots, it may not hear it."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(str(self.folder / "monitor.sock"))
            monitor.sendall(b"system_powerdown\n")
            monitor.recv(4096)
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(within) == 0
        return False

    def run(self, command: str) -> str:
        """What a shell command prints in the guest, run as root; its failure is an error."""
        done = self._asked(command)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def has_begun(self, program: str) -> bool:
        """Whether it runs in the guest. False also while sshd takes nobody: cloud-init restarts it once, after it was there."""
        return program in self._asked(f"pgrep -af bin/{program}").stdout

    def _asked(self, command: str) -> subprocess.CompletedProcess[str]:
        options = shlex.split(
            f"-i {self.folder.parent}/key -p {self._ssh} -o BatchMode=yes -o ConnectTimeout=20 -o LogLevel=ERROR "
            "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        )
        argv = ["ssh", *options, "root@127.0.0.1", command]
        return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    folder: Path, disk: Path, seed: Path | None, disk_device: str = "virtio-blk-pci", *, dhcp: str = ADDRESS, cpu: str = "max"
) -> Iterator[Guest]:
    """A guest with this disk, reached at ADDRESS, ended (not shut down) at the end; `dhcp` is the address that DHCP gives."""
    folder.mkdir(exist_ok=True)
    http, ssh = _free_port(), _free_port()
    forwards = f"hostfwd=tcp:127.0.0.1:{http}-{ADDRESS}:80,hostfwd=tcp:127.0.0.1:{ssh}-{ADDRESS}:22"
    argv = shlex.split(
        f"qemu-system-x86_64 -accel tcg,thread=multi -machine q35 -cpu {cpu} -smp 2 -m 1024 -nodefaults -display none "
        f"-device virtio-scsi-pci,id=scsi0 -drive if=none,id=disk,file={disk},format=qcow2,cache=unsafe "
        f"-device {disk_device},drive=disk,bootindex=1 "
        f"-netdev user,id=net,dhcpstart={dhcp},{forwards} -device virtio-net-pci,netdev=net,mac={MAC} "
        f"-device virtio-serial-pci -chardev socket,id=port,path={folder}/port.sock,server=on,wait=off "
        f"-device virtserialport,chardev=port,name={PORT_NAME} "
        f"-device virtio-rng-pci -monitor unix:{folder}/monitor.sock,server=on,wait=off "
        f"-chardev file,id=console,path={folder}/console.log -device isa-serial,chardev=console"
    )
    if seed:
        argv += ["-drive", f"if=none,id=seed,file={seed},format=raw,readonly=on,media=cdrom"]
        argv += ["-device", "scsi-cd,drive=seed,bus=scsi0.0"]
    with (folder / "qemu.log").open("wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        guest = Guest(folder, process, http, ssh)
        wait_until("QEMU's socket", guest.port.exists, 20)
        yield guest
    finally:
        process.kill()
        process.wait()
