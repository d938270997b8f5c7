"""The outside world, in thin typed modules: the only place that runs commands, opens connections or talks to libvirt."""
