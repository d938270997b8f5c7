"""What the wizard does, by subject. The built-in plugins, in the order in which their resources are listed."""

from __future__ import annotations

from types import ModuleType

from ovirt_hc_setup.plugins.appliance import chosen_appliance
from ovirt_hc_setup.plugins.engine import engine_in_vm, sharing
from ovirt_hc_setup.plugins.gluster import build_checks, building, found_volume, glusterfs
from ovirt_hc_setup.plugins.ha import hand_over
from ovirt_hc_setup.plugins.host import host_fitness, others, watchdog_plan
from ovirt_hc_setup.plugins.network import connection_test, engine_address, host_names, management_bridge
from ovirt_hc_setup.plugins.storage import domain_place, plan, shared
from ovirt_hc_setup.plugins.vm import engine_vm_plan as vm_domain
from ovirt_hc_setup.plugins.vm import first_boot, sizes

SECTIONS = (
    "STORAGE CONFIGURATION",
    "SYSTEM CONFIGURATION",
    "NETWORK CONFIGURATION",
    "VM CONFIGURATION",
    "HOSTED ENGINE CONFIGURATION",
)
"""The predecessor's sections of questions, in the order in which they are asked."""

BUILT_IN: tuple[ModuleType, ...] = (
    host_fitness,
    others,
    watchdog_plan,
    management_bridge,
    connection_test,
    host_names,
    building,
    build_checks,
    found_volume,
    glusterfs,
    domain_place,
    plan,
    shared,
    chosen_appliance,
    engine_address,
    sizes,
    first_boot,
    vm_domain,
    engine_in_vm,
    sharing,
    hand_over,
)
