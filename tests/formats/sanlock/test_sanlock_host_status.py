"""Who has or had each host id, from what sanlock 3.8.5 prints."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.sanlock.sanlock_host_status import SeenHostId, parse_hosts

HOSTS = """\
1 timestamp 4193
    last_check=4214
    last_live=4214
    last_req=0
    owner_id=1
    owner_generation=3
    timestamp=4193
    io_timeout=10
    owner_name=hc1.hc.test
2 timestamp 0
    last_check=4214
    last_live=4100
    last_req=0
    owner_id=2
    owner_generation=1
    timestamp=0
    io_timeout=10
    owner_name=hc2.hc.test
"""


def test_hosts_are_read_with_name_generation_and_timestamp() -> None:
    first, second = parse_hosts(HOSTS)
    assert first == SeenHostId(host_id=1, name="hc1.hc.test", generation=3, timestamp=4193)
    assert second == SeenHostId(host_id=2, name="hc2.hc.test", generation=1, timestamp=0)
    assert parse_hosts("") == ()


def test_a_host_without_its_details_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(FormatError, match="owner_generation"):
        parse_hosts("1 timestamp 4\n    last_live=4\n")
