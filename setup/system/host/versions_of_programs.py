"""Which versions of the programs a host has; the programs themselves are asked, on every distribution alike."""

from __future__ import annotations

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.program_versions import Versions, read

GLUSTER = "GlusterFS"
_ASKED = {
    GLUSTER: ("glusterfs --version",),
    "QEMU": ("qemu-system-x86_64 --version", "/usr/libexec/qemu-kvm --version"),
    "libvirt": ("virtqemud --version", "libvirtd --version"),
    "sanlock": ("sanlock version",),
}
_LINE = 'said=$({{ {asked}; }} 2>/dev/null | head -n1); echo "{program}: $said"'


def of(host: Host) -> Versions:
    """Those that are installed on a host."""
    lines = (_LINE.format(program=program, asked=" || ".join(asked)) for program, asked in _ASKED.items())
    return read(host.run("sh", "-c", "; ".join(lines), timeout=20, check=False).out)
