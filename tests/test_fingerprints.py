"""A fingerprint says what differs between two looks at a host, and nothing that differs each time."""

from __future__ import annotations

from tests.lab.fingerprint import alike, difference

HASH, OTHER = "a" * 64, "b" * 64


def test_what_came_went_and_changed_is_told_of_our_files_line_by_line() -> None:
    before = {
        "file /etc/gone": "-rw-r--r-- root:root",
        "link eno1": "ether, 10.0.0.1/24",
        "file /etc/passwd: content": HASH,
        "file /etc/sanlock/sanlock.conf: content": "a = 1\nb = 2",
        "same": "same",
    }
    after = {
        "file /etc/new": "-rw------- root:root",
        "file /etc/new: content": HASH,
        "link eno1": "ether in ovirtmgmt,",
        "file /etc/passwd: content": OTHER,
        "file /etc/sanlock/sanlock.conf: content": "a = 1\nb = 3",
        "same": "same",
    }
    assert difference(before, after).splitlines() == [
        "- file /etc/gone: -rw-r--r-- root:root",
        "+ file /etc/new: -rw------- root:root",
        "  file /etc/passwd: its content changed",
        "  file /etc/sanlock/sanlock.conf:",
        "    - b = 2",
        "    + b = 3",
        "  link eno1",
        "    from ether, 10.0.0.1/24",
        "    to   ether in ovirtmgmt,",
    ]


def test_what_is_drawn_or_of_one_lab_has_a_word_in_its_place() -> None:
    assert alike("f59198d9-1a51-4d5c-9943-93c0356fab94 on vnet3, 12:b3:16:c9:d8:b0") == "UUID on vnetN, MAC"
    assert alike("MACAddress=00:16:3e:5a:00:64") == "MACAddress=00:16:3e:5a:00:64", "the engine's own is given"
    assert alike("/var/lib/x/runs/20261128-154312-deploy-3f2a/plan.json") == "/var/lib/x/runs/RUN-deploy/plan.json"
