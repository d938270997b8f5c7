"""The management bridge under systemd-networkd.

The files of a trial lie in /run, so that a reboot forgets them too. The bridge is kept when the port's file is in /etc: the
other two alone are an idle bridge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host import trial_scripts
from ovirt_hc_setup.formats.host.networkd import bridge_files, file_names
from ovirt_hc_setup.system.network import links, networkd_files, trial
from ovirt_hc_setup.system.network.bridge_trial import Image, Place, Stage, addresses_and_routes
from ovirt_hc_setup.system.network.networkd_files import LASTING, VOLATILE
from ovirt_hc_setup.system.network.trial import Trial


@dataclass(frozen=True)
class NetworkdBridge:
    """The Backend for an interface that systemd-networkd manages."""

    place: Place

    @property
    def unit(self) -> str:
        return f"ovirt-hc-setup-way-back-{self.place.bridge}"

    def stage(self, host: Host) -> Stage:
        there = _there(host, [*self._lasting, *self._volatile, *self._staged])
        on_trial = trial.armed(host, self.unit)
        if self._port in there:
            traces = on_trial or there != set(self._lasting)
            return Stage.UNSETTLED if traces else Stage.KEPT
        return Stage.TRIAL if there or on_trial else Stage.NONE

    def others(self, host: Host) -> str:
        # Files without a timer are what a reboot has left of a trial: nobody decides about them any more.
        foreign = trial.armed(host, self.unit) and not self._trial(self._port).is_ours(host)
        return f"another run's change to {self.place.bridge} is on trial ({self.unit}.timer)" if foreign else ""

    def take_image(self, host: Host) -> dict[str, Any]:
        nic, names = self.place.nic, file_names(self.place.bridge)
        found, card = networkd_files.managed(host, nic), links.nic(host, nic)
        if found is None or found.file is None or card is None:
            raise Conflict(f"systemd-networkd has no file for {nic}", hint="Write a .network file for it first.", host=host.name)
        if found.file.name <= max(names):
            raise Conflict(
                f"{found.file} comes before {max(names)}, so the bridge over {nic} would never be created",
                hint="Rename it to begin with 10-, then run `networkctl reload`.",
                host=host.name,
            )
        text = networkd_files.settings(host, found.file)
        try:
            files = bridge_files(self.place.bridge, nic, card.mac, text, networkd_files.dhcp_iaid(host, nic))
        except FormatError as error:
            raise Conflict(f"{found.file}: {error.message}", hint="Correct the file first.", host=host.name) from error
        return {
            "backend": "networkd",
            "mac": card.mac,
            "file": str(found.file),
            "files": dict(files.all),
            **addresses_and_routes(host, nic),
        }

    def begin(self, host: Host, image: Image) -> None:
        gone = ["rm -f -- " + " ".join(str(path) for path in (*self._volatile, *self._lasting, *self._staged))]
        # Last: a port that loses its bridge before the daemon knows of it is set up as a port again, and fails.
        delete = [f"ip link delete dev {self.place.bridge} type bridge"]
        back = trial_scripts.networkd_reload(self.place.nic, image["addresses"], image["routes"], delete)
        self._trial(self._port).arm(host, [*gone, *back])
        self._write(host, VOLATILE, image)
        networkd_files.reload(host)

    def prepare(self, host: Host, image: Image) -> None:
        for staged, path in zip(self._staged, self._lasting, strict=True):
            host.write(staged, image["files"][path.name].encode())

    def keep(self, host: Host) -> None:
        self._trial(self._port).keep(host, list(zip(self._staged, self._lasting, strict=True)))

    def settle(self, host: Host) -> None:
        _remove(host, [*self._volatile, *self._staged])
        self._trial(self._port).disarm(host)
        # Now rather than later: the daemon sets the links up once more for files that moved, and later leases may be held.
        networkd_files.reload(host)
        for device, file in ((self.place.nic, self._port), (self.place.bridge, self._lasting[1])):
            networkd_files.wait_configured(host, device, file)

    def take_back(self, host: Host) -> None:
        self._trial(self._port).take_back(host)

    def edited(self, host: Host, image: Image) -> list[str]:
        files: dict[str, str] = image["files"]
        wrong = [str(path) for path in self._lasting if _text(host, path) not in (None, files[path.name])]
        return wrong if _text(host, Path(image["file"])) is not None else [*wrong, image["file"]]

    def begin_undo(self, host: Host, image: Image) -> None:
        bridge, copies = self.place.bridge, self.place.folder / "files"
        held = addresses_and_routes(host, bridge)
        _remove(host, [self._undone])
        host.run("mkdir", "-p", "-m", "700", "--", str(copies))
        self._write(host, copies, image, mode=0o600)
        back = [
            *(f"install -m 644 -- {copies / path.name} {path}" for path in self._lasting),
            *trial_scripts.networkd_reload(bridge, held["addresses"], held["routes"]),
        ]
        self._trial(self._undone).arm(host, back)
        _remove(host, [*self._lasting, *self._volatile, *self._staged])
        networkd_files.reload(host)
        networkd_files.wait_configured(host, self.place.nic, Path(image["file"]))
        host.run("ip", "link", "delete", "dev", bridge, "type", "bridge", check=False)

    def keep_undo(self, host: Host, image: Image) -> None:
        source = self._undone.with_suffix(".new")
        host.write(source, b"", mode=0o600)
        undoing = self._trial(self._undone)
        undoing.keep(host, [(source, self._undone)])
        undoing.disarm(host)

    # --- files

    @property
    def _lasting(self) -> list[Path]:
        return [LASTING / name for name in file_names(self.place.bridge)]

    @property
    def _volatile(self) -> list[Path]:
        return [VOLATILE / name for name in file_names(self.place.bridge)]

    @property
    def _port(self) -> Path:
        return self._lasting[2]

    @property
    def _staged(self) -> list[Path]:
        # None of the names that the daemon reads.
        return [path.with_name(f".{path.name}.staged") for path in self._lasting]

    @property
    def _undone(self) -> Path:
        return self.place.folder / "undone"

    def _trial(self, kept: Path) -> Trial:
        return Trial(unit=self.unit, folder=self.place.folder, kept=kept, seconds=self.place.seconds)

    def _write(self, host: Host, folder: Path, image: Image, mode: int = 0o644) -> None:
        for name in file_names(self.place.bridge):
            host.write(folder / name, image["files"][name].encode(), mode=mode)


def _there(host: Host, paths: Sequence[Path]) -> set[Path]:
    script = 'for file; do [ ! -e "$file" ] || printf "%s\\n" "$file"; done'
    return {Path(line) for line in host.run("sh", "-c", script, "-", *map(str, paths)).out.splitlines()}


def _remove(host: Host, paths: Iterable[Path]) -> None:
    host.run("rm", "-f", "--", *map(str, paths))


def _text(host: Host, path: Path) -> str | None:
    try:
        return host.read(path).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
