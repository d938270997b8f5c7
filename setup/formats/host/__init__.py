"""Files and words of a host's own programs: systemd, iproute2, util-linux, resolvers."""
