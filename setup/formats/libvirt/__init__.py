"""libvirt's XML, settings and refusals."""
