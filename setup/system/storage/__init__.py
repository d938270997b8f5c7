"""Storage: mounts, disks, and the files of VDSM's domains and volumes."""
