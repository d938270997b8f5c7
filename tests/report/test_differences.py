"""Where several hosts differ is said, and only that."""

from __future__ import annotations

from ovirt_hc_setup.report.differences import differences


def test_only_what_is_not_the_same_is_told_with_every_host() -> None:
    hosts = {
        "hc1": {"Interface, for the bridge": "eno1", "Gateway": "10.0.0.1", "Appliance": "a.ova"},
        "hc2": {"Interface, for the bridge": "eno1", "Gateway": "10.0.0.1"},
        "hc3": {"Interface, for the bridge": "ens3", "Gateway": "10.0.0.1"},
    }
    assert differences(hosts) == ["Not the same on all hosts: Interface: eno1 on hc1, eno1 on hc2, ens3 on hc3"]


def test_a_value_that_is_missing_is_one_that_a_host_was_not_asked_for() -> None:
    assert differences({"hc1": {"Gateway": "10.0.0.1"}, "hc2": {}}) == []
    assert differences({"hc1": {"Gateway": "10.0.0.1"}, "hc2": {"Gateway": ""}}) == [
        "Not the same on all hosts: Gateway: 10.0.0.1 on hc1, (none) on hc2"
    ]
