"""Several hosts side by side: only where they differ."""

from __future__ import annotations

from collections.abc import Mapping

from ovirt_hc_setup.report.lines import NOTHING, label_of


def differences(hosts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A line for each label that several hosts have and not all with the same value. What a host does not have is no difference:
    it was not asked for there."""
    labels = dict.fromkeys(label for values in hosts.values() for label in values)
    told = []
    for label in labels:
        found = {host: values[label] or NOTHING for host, values in hosts.items() if label in values}
        if len(set(found.values())) > 1:
            told.append(f"Not the same on all hosts: {label_of(label)}: {_listed(found)}")
    return told


def _listed(found: Mapping[str, str]) -> str:
    return ", ".join(f"{value} on {host}" for host, value in found.items())
