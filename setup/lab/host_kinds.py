"""The two kinds of host that a lab can have: containers on this machine's kernel, and hosts with kernels of their own."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab import recipe
from ovirt_hc_setup.lab.base_image import Progress, base, base_folder
from ovirt_hc_setup.lab.cgroups import send
from ovirt_hc_setup.lab.guest import ContainerHost, LabHost
from ovirt_hc_setup.lab.hosts import ensure_root, links_of, put_command, show_appliance, start_container
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.keeping import attached_disks
from ovirt_hc_setup.lab.kernel import kernel
from ovirt_hc_setup.lab.kernel_guest import KernelHost
from ovirt_hc_setup.lab.kernel_hosts import KernelImages, disk_files, disk_name, refuse_small_memory, start_kernel
from ovirt_hc_setup.lab.kernel_image import image, image_file
from ovirt_hc_setup.lab.kernel_links import cards, lab_end
from ovirt_hc_setup.lab.places import EVERY_HOST, Places
from ovirt_hc_setup.lab.processes import Process, init_of, kernel_of
from ovirt_hc_setup.lab.suite_python import ensure_environment
from ovirt_hc_setup.lab.topologies import ONE, TOPOLOGIES, Topology, topology_of


class HostKind(Protocol):
    """How hosts of a kind are made, started and found."""

    name: ClassVar[str]
    loop_disks: ClassVar[bool]
    """Whether the hosts' disks are loop devices of this machine, which the keeper holds."""

    shares_clock: ClassVar[bool]
    """Whether the clock of a host is that of this machine."""

    @property
    def suites(self) -> tuple[str, ...]:
        """Debian's releases in the hosts, in their order; where there are more hosts it begins again."""
        ...

    @property
    def topology(self) -> Topology:
        """How the hosts are wired."""
        ...

    def refuse(self, hosts: int) -> None:
        """Raise UsageError on a machine that cannot have so many more of them."""
        ...

    def made_of(self, progress: Progress) -> str:
        """What the hosts stand on, a name for each of the suites; made the first time. Raises CommandFailed."""
        ...

    def start(self, inside: Inside, lab: Places, host: str) -> None:
        """Boot a host that is off; returns before it is up."""
        ...

    def refresh(self, inside: Inside, lab: Places, host: str) -> None:
        """Show a host that runs what was made meanwhile."""
        ...

    def running(self, lab: Places, keeper: Process, host: str) -> LabHost | None:
        """A host by its process; None when it is off or only just starting."""
        ...

    def cut_power(self, lab: Places, host: LabHost) -> None:
        """End a host at once, and leave it off."""
        ...

    def links(self, lab: Places, host: str) -> dict[str, str]:
        """This machine's ends of a host's links, in the network of the lab, by the names that they have in the host."""
        ...

    def disks(self, lab: Places, host: str) -> list[Path]:
        """The spare disks as they are called in a host."""
        ...


@dataclass(frozen=True)
class Containers:
    """Hosts in systemd-nspawn: cheap, quick, and all on the kernel of this machine."""

    name: ClassVar[str] = "container"
    loop_disks: ClassVar[bool] = True
    shares_clock: ClassVar[bool] = True
    suites: tuple[str, ...] = (recipe.SUITE,)
    topology: Topology = ONE

    def refuse(self, hosts: int) -> None:
        return None

    def made_of(self, progress: Progress) -> str:
        trees = [base(progress, recipe.container_recipe(suite)) for suite in self.suites]
        for tree in trees:
            ensure_environment(tree, progress)
        return " ".join(tree.name for tree in trees)

    def start(self, inside: Inside, lab: Places, host: str) -> None:
        ensure_root(inside, lab, host, base_folder(_noted_for(lab, host)), self.topology)
        put_command(inside.path(lab.root(host)))
        start_container(inside, lab, host, [str(disk) for disk in self.disks(lab, host)], self.topology)

    def refresh(self, inside: Inside, lab: Places, host: str) -> None:
        show_appliance(inside.path(lab.root(host)))

    def running(self, lab: Places, keeper: Process, host: str) -> LabHost | None:
        init = init_of(keeper, host)
        return None if init is None else ContainerHost(host, init)

    def cut_power(self, lab: Places, host: LabHost) -> None:
        host.init.kill(signal.SIGKILL)

    def links(self, lab: Places, host: str) -> dict[str, str]:
        return links_of(host, self.topology)

    def disks(self, lab: Places, host: str) -> list[Path]:
        return attached_disks(lab, host)


@dataclass(frozen=True)
class OwnKernels:
    """Hosts that are User-Mode Linux: what a container cannot have, and what is lost when the power goes."""

    name: ClassVar[str] = "own"
    loop_disks: ClassVar[bool] = False
    shares_clock: ClassVar[bool] = False
    suites: tuple[str, ...] = (recipe.SUITE,)
    topology: Topology = ONE

    def refuse(self, hosts: int) -> None:
        refuse_small_memory(hosts)

    def made_of(self, progress: Progress) -> str:
        kernel(progress)
        for suite in self.suites:
            ensure_environment(base(progress, recipe.own_kernel_recipe(suite)), progress)
        return " ".join(image(progress, suite).parent.name for suite in self.suites)

    def start(self, inside: Inside, lab: Places, host: str) -> None:
        start_kernel(inside, lab, host, self.machine(lab, host))

    def machine(self, lab: Places, host: str) -> KernelImages:
        """What a host is started from: the image that its layer was begun on, whatever would be made by now."""
        return KernelImages(kernel(_silent), image_file(_noted_for(lab, host)), self.topology)

    def refresh(self, inside: Inside, lab: Places, host: str) -> None:
        return None  # its first process shows it what there is

    def running(self, lab: Places, keeper: Process, host: str) -> LabHost | None:
        init = kernel_of(keeper, host)
        return None if init is None else KernelHost(host, lab, keeper, init)

    def cut_power(self, lab: Places, host: LabHost) -> None:
        send(lab.name, host.name, signal.SIGKILL)
        if isinstance(host, KernelHost):
            host.disconnect()

    def links(self, lab: Places, host: str) -> dict[str, str]:
        return {link.name: lab_end(host, link.name) for link in cards(lab, host, self.topology).values()}

    def disks(self, lab: Places, host: str) -> list[Path]:
        return [disk_name(slot) for slot in disk_files(lab, host)]


KERNEL_VARIABLE = "OVIRT_HC_LAB_KERNEL"
SUITE_VARIABLE = "OVIRT_HC_LAB_SUITE"
NETWORK_VARIABLE = "OVIRT_HC_LAB_NETWORK"
_KINDS: dict[str, type[Containers | OwnKernels]] = {kind.name: kind for kind in (Containers, OwnKernels)}
KIND_NAMES = tuple(_KINDS)


def kind_of(name: str, suites: str = recipe.SUITE, network: str = ONE.name) -> HostKind:
    """The kind of a name, of a suite of Debian or of several with commas between them, host by host, wired in a way that has a
    name too; raises UsageError."""
    if name not in _KINDS:
        raise UsageError(f"there are no hosts of the kind '{name}'", hint=f"Choose one of {', '.join(_KINDS)}.")
    named = tuple(suites.split(","))
    for suite in named:
        if suite not in recipe.SUITES:
            raise UsageError(f"there are no hosts of '{suite}'", hint=f"Choose one of {', '.join(recipe.SUITES)}.")
    topology = topology_of(network)
    if topology.stacked and name == Containers.name:
        wirings = ", ".join(other.name for other in TOPOLOGIES.values() if not other.stacked)
        raise UsageError(
            f"containers are not wired as '{network}': bonds and VLANs are made by a host's own kernel",
            hint=f"Add --kernel own, or choose one of {wirings}.",
        )
    return _KINDS[name](named, topology)


def kind_asked_for(kernel: str | None = None, suites: str | None = None, network: str | None = None) -> HostKind:
    """The kind that is given; what is not given is as the environment says, else usual. Raises UsageError."""
    return kind_of(
        os.environ.get(KERNEL_VARIABLE, Containers.name) if kernel is None else kernel,
        os.environ.get(SUITE_VARIABLE, recipe.SUITE) if suites is None else suites,
        os.environ.get(NETWORK_VARIABLE, ONE.name) if network is None else network,
    )


def noted_kind(lab: Places) -> HostKind | None:
    """The kind of hosts that a lab was made with; None where there is none."""
    return kind_of(*lab.kind_note.read_text().split()) if lab.kind_note.exists() else None


def note_kind(lab: Places, kind: HostKind) -> None:
    lab.kind_note.write_text(f"{kind.name} {','.join(kind.suites)} {kind.topology.name}\n")


def _noted_for(lab: Places, host: str) -> str:
    """What a host stands on: of the names that were noted, the one in its place."""
    names = lab.base_note.read_text().split()
    return names[EVERY_HOST.index(host) % len(names)]


def _silent(_: str) -> None: ...
