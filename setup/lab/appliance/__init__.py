"""The lab's appliance: a small Debian that keeps the contract of oVirt's engine appliance (docs/appliance-contract.md)."""

from ovirt_hc_setup.lab.appliance.build import BuiltAppliance, appliance

__all__ = ["BuiltAppliance", "appliance"]
