"""A preview and a plan as a deployment has them, and a program that shows the preview's pages on a terminal."""

from __future__ import annotations

import sys
from functools import partial

from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.report.lines import STATES
from ovirt_hc_setup.report.plan_page import WARNINGS, Step
from ovirt_hc_setup.report.preview_page import TITLE, preview_entries, whole
from ovirt_hc_setup.report.preview_page import PreviewLine as Line
from ovirt_hc_setup.report.turning import Page

STORAGE, NETWORK, VM, ENGINE = (f"{name} CONFIGURATION" for name in ("STORAGE", "NETWORK", "VM", "HOSTED ENGINE"))
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0pN5rCrLr0Y2Kf9l1cQeZ8s1r3yqk0o8n7m6x5z4w3 root@hc1.example.com"
APPLIANCE = "/usr/share/ovirt-engine-appliance/ovirt-engine-appliance-4.5-20240817071039.1.el9.ova"

LINES = [
    Line(STORAGE, "S/path", "GlusterFS volume for the engine, as SERVER:/VOLUME", "hc1.example.com:/engine", "typed", "h:/x"),
    Line(NETWORK, "N/nic", "Network interface for the management bridge", "enp1s0", "it has the default route", "enp1s0"),
    Line(NETWORK, "N/bridge", "Name of the management bridge", "ovirtmgmt", "default", "ovirtmgmt"),
    Line(NETWORK, "N/gateway", "Gateway of the management network", "192.0.2.1", "the default route", "192.0.2.1"),
    Line(NETWORK, "N/host", "Full name of this host, as the engine will use it", "hc1.example.com", "hostname --fqdn"),
    Line(NETWORK, "N/fqdn", "Full name of the engine (not of this host)", "engine.example.com", "typed"),
    Line(VM, "V/ova", "Engine appliance, an OVA or qcow2 file", APPLIANCE, "the newest one installed, by its package"),
    Line(VM, "V/init", "Set up the engine VM with cloud-init (generate), or do it yourself (skip)", "generate", "default"),
    Line(VM, "V/root", "Password of root in the engine VM", "********", "typed"),
    Line(VM, "V/cidr", "Static address of the engine VM with its prefix length, or dhcp", "", "default"),
    Line(VM, "V/key", "Public SSH key for root in the engine VM, or none", KEY, "/root/answers.conf line 12"),
    Line(VM, "V/hosts", "Add this host to the engine VM's /etc/hosts", "no", "default", "no"),
    Line(VM, "V/cpu", "CPU model of the engine VM", "Skylake-Server", "the best one that this host supports", "Skylake-Server"),
    Line(VM, "V/vcpus", "Number of virtual CPUs of the engine VM", "8", "--set", "4"),
    Line(VM, "V/disk", "Size of the engine VM's disk in GiB", "51", "the usual size", "51"),
    Line(VM, "V/memory", "Memory of the engine VM in MB", "16384", "as the appliance asks for", "16384"),
    Line(VM, "V/mac", "MAC address of the engine VM", "00:16:3e:0a:2b:3c", "drawn"),
    Line(VM, "V/console", "Console of the engine VM", "vnc", "default", "vnc"),
    Line(ENGINE, "E/admin", "Password of the engine's user admin", "********", "env:ADMIN_PASSWORD"),
]


def step(group: str, state: str, *lines: str) -> Step:
    return Step(group, (*lines, f"Now: {STATES[state]}"), state == "done")


STEPS = [
    Step(WARNINGS, ("network.fqdn-reverse: 192.0.2.10 is called nothing", "expected: engine.example.com", "Add a PTR record.")),
    step("NETWORK", "done", "bridge ovirtmgmt over enp1s0, with its addresses, routes and MAC", "more of it"),
    step("PREPARATIONS", "needed", "Install libvirt-daemon, qemu-system-x86, sanlock", "Packages stay installed."),
    step("PREPARATIONS", "needed", "Enable and start sanlock.service"),
    step("PREPARATIONS", "needed", "Let QEMU and sanlock use files that belong to 36:36", "user vdsm, group 36"),
    step("PREPARATIONS", "needed", "Mount hc1.example.com:/engine at /rhev/data-center/mnt/glusterSD/hc1.example.com:_engine"),
    step("STORAGE DOMAIN", "blocked", "Create the storage domain hosted_storage on hc1.example.com:/engine", "VDSM version 5"),
    step("STORAGE DOMAIN", "blocked", "Acquire host id 1 in the lockspace 0cde8f5e-2d3c-4f0c-9c38-2b1c1e3d7d7a", "takes 21 s"),
    step("VOLUMES", "blocked", f"Copy the disk of the appliance {APPLIANCE} into the engine's volume", "51 GiB"),
    step("ENGINE VM", "blocked", "Define and start the VM HostedEngine", "16384 MiB of memory"),
    step("SHARED CONFIGURATION", "blocked", "Write the shared configuration to the storage"),
]


def main() -> int:
    """The number of the line that was chosen is the exit code."""
    page = Page(TITLE, "changes that line", "HC_PREVIEW")
    chosen = page.read(Console().text, partial(preview_entries, LINES))
    if chosen:
        print("\n".join(whole(LINES[chosen - 1])))
    return chosen


if __name__ == "__main__":
    sys.exit(main())
