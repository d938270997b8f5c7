"""libvirt and QEMU: the VMs of a host, and how guests run there."""
