"""Only the host's name is touched in sanlock.conf."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.formats.sanlock import sanlock_conf

lines = st.lists(st.sampled_from(["# our_host_name = no", "use_watchdog = 0", "", "max_worker_threads=8"]), max_size=5)


@given(lines, st.from_regex(r"[a-z0-9.-]{1,47}", fullmatch=True))
def test_a_name_put_in_is_read_and_taken_out_again(before: list[str], name: str) -> None:
    text = "".join(f"{line}\n" for line in before)
    named = sanlock_conf.with_host_name(text, name)
    assert sanlock_conf.host_name(text) is None
    assert sanlock_conf.host_name(named) == name
    assert sanlock_conf.with_host_name(named, None) == text


def test_a_name_is_replaced_in_its_place() -> None:
    text = "a = 1\n our_host_name=old \nb = 2"
    assert sanlock_conf.host_name(text) == "old"
    assert sanlock_conf.with_host_name(text, "new") == "a = 1\nour_host_name = new\nb = 2"


def test_the_name_that_vdsm_sets_is_known() -> None:
    conf = "our_host_name = c59d39ca-620b-4aad-8b50-97833e366664\nmax_worker_threads = 50\n"
    assert sanlock_conf.is_vdsms(sanlock_conf.host_name(conf))
    assert not any(map(sanlock_conf.is_vdsms, (None, "hc1.hc.test", "1a422c70-3b56-4677-9db8-dedb30d66824.host4")))


@pytest.mark.parametrize("name", ["", "x" * 48, "a b", "a\nuse_watchdog = 0", "host:1"])
def test_a_name_that_a_lease_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueRefused):
        sanlock_conf.with_host_name("", name)
