"""The engine VM under libvirt: defined and started, with its sanlock lease.

**Commit point**: libvirt takes the definition. A kill **before** it leaves no VM; a kill **after** it leaves the VM defined and
perhaps not started, and applying again starts it. On a host that joins it is defined only: it runs on another one. libvirt takes
the lease itself before the guest runs, so a start that is repeated, here or on another host, cannot run the VM twice.
`undo` **knows that it is ours** by the UUID, which was drawn for this run. It asks the guest to end, waits, ends it, and
undefines it. Other VMs are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.libvirt import domain_definition, domain_xml
from ovirt_hc_setup.model.engine_vm import EngineVm
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.libvirt import vm_power
from ovirt_hc_setup.system.libvirt.libvirt_domains import Libvirt, Vm, connect
from ovirt_hc_setup.system.storage import on_storage


@dataclass(frozen=True, kw_only=True)
class LibvirtDomain(Resource):
    """`shutdown_limit` is the seconds that a guest gets to end by itself. Without `start` the VM is defined and left as it is."""

    vm: EngineVm
    start: bool = True
    shutdown_limit: int = 120
    exclusive: str = "libvirtd"

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"vm {self.vm.uuid}",)

    def describe(self) -> tuple[str, ...]:
        vm = self.vm
        cpus = "1 CPU" if vm.vcpus == 1 else f"{vm.vcpus} CPUs"
        size = f"{vm.memory} MiB of memory, {cpus} ({vm.cpu.name}), {vm.accelerator.name}"
        title = f"Define {'and start ' if self.start else ''}the VM {vm.name}"
        return (title, size, f"MAC address {vm.mac} on {vm.bridge}, disk {vm.disk.source}")

    def probe(self, host: Host) -> State:
        if not on_storage.exists(self.vm.disk.path):
            return blocked(f"{self.vm.disk.path} is not there")
        with connect() as libvirt:
            found = libvirt.find(self.vm.uuid)
            trouble = self._foreign(libvirt)
            if trouble:
                return trouble
            if found is None or not found.persistent:
                return needed(f"{self.vm.name} is not {'defined' if found is None else 'kept by libvirt'}")
            return self._compare(libvirt, found)

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"uuid": str(self.vm.uuid)})
        with connect() as libvirt:
            found = libvirt.find(self.vm.uuid)
            if found is not None and found.running:
                return
            record.committing()
            libvirt.define(domain_xml.build(self._as_it_starts()))
        if self.start:
            told, text = partial(progress.amount, unit="seconds"), f"starting {self.vm.name}, waiting for its lease"
            vm_power.start(host, self.vm.uuid, self.vm.name, told, text)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        with connect() as libvirt:
            found = libvirt.find(self.vm.uuid)
            if found is None:
                return
            told = partial(progress.amount, unit="seconds")
            if found.running and not vm_power.has_ended(libvirt, found, self.shutdown_limit, told):
                progress.note(f"{self.vm.name} did not end within {self.shutdown_limit} s: powering it off", "warning")
                libvirt.destroy(self.vm.uuid)
            libvirt.undefine(self.vm.uuid)

    def holds_data(self) -> str:
        return ""

    def _foreign(self, libvirt: Libvirt) -> State | None:
        others = [vm for vm in libvirt.vms() if vm.uuid != self.vm.uuid]
        same = next((vm for vm in others if vm.name == self.vm.name), None)
        if same is not None:
            remedy = f"If nobody needs it: `virsh destroy {same.name}; virsh undefine {same.name}`."
            return conflict(f"there is another VM called {same.name} ({same.uuid}, {same.state})", remedy)
        running = [vm.name for vm in others if vm.running]
        if running:
            return conflict(f"other VMs run on this host: {', '.join(running)}", "Shut them down or move them away.")
        return None

    def _compare(self, libvirt: Libvirt, found: Vm) -> State:
        differs = domain_definition.differences(self.vm, libvirt.definition(self.vm.uuid, live=found.running))
        if differs and found.running:
            remedy = "Shut down the VM, or fix the definition with `virsh edit`."
            return conflict(f"{self.vm.name} runs, and its definition was changed: {'; '.join(differs)}", remedy)
        if differs:
            return needed(f"{self.vm.name} has another definition: {'; '.join(differs)}")
        return DONE if found.running or not self.start else needed(f"{self.vm.name} is {found.condition}")

    def _as_it_starts(self) -> EngineVm:
        """Without the seed when that has been used: a VM whose drive names a file that is gone would keep naming it."""
        seed = self.vm.seed
        return self.vm if seed is not None and seed.exists() else replace(self.vm, seed=None)

