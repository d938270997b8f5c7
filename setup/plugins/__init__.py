"""What the wizard does, by subject. The built-in plugins, in the order in which their resources are listed."""

from __future__ import annotations

from types import ModuleType

from ovirt_hc_setup.plugins.appliance import appliance
from ovirt_hc_setup.plugins.engine import engine, shared_configuration
from ovirt_hc_setup.plugins.gluster import build_checks, building, volume
from ovirt_hc_setup.plugins.ha import hand_over
from ovirt_hc_setup.plugins.host import host, others, watchdog
from ovirt_hc_setup.plugins.network import bridge, connection_test, engine_address, names
from ovirt_hc_setup.plugins.storage import domain, plan, shared
from ovirt_hc_setup.plugins.vm import domain as vm_domain
from ovirt_hc_setup.plugins.vm import seed, sizes

BUILT_IN: tuple[ModuleType, ...] = (
    host,
    others,
    watchdog,
    bridge,
    connection_test,
    names,
    building,
    build_checks,
    volume,
    domain,
    plan,
    shared,
    appliance,
    engine_address,
    sizes,
    seed,
    vm_domain,
    engine,
    shared_configuration,
    hand_over,
)
