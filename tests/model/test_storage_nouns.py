"""Storage path, size and host id: what an operator may type, and what VDSM makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.host_number import HostNumber
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.runner.codec import from_plain, to_plain


@pytest.mark.parametrize(
    ("typed", "text", "folder"),
    [
        ("host1.example.com:/engine", "host1.example.com:/engine", "host1.example.com:_engine"),
        ("h:/my_vol", "h:/my_vol", "h:_my__vol"),
        (" H1:engine ", "h1:/engine", "h1:_engine"),
        ("h:///engine/./", "h:/engine", "h:_engine"),
        ("192.0.2.7:/e", "192.0.2.7:/e", "192.0.2.7:_e"),
        ("[2001:DB8:0::5]:/engine", "[2001:db8::5]:/engine", "[2001:db8::5]:_engine"),
        ("2001:db8::5:/engine", "[2001:db8::5]:/engine", "[2001:db8::5]:_engine"),
        ("2001:db8::5:/engine/", "[2001:db8::5]:/engine", "[2001:db8::5]:_engine"),
        ("hc_1.example.com:/_engine", "hc_1.example.com:/_engine", "hc__1.example.com:___engine"),
    ],
)
def test_a_storage_path_is_mounted_where_vdsm_would_mount_it(typed: str, text: str, folder: str) -> None:
    path = StoragePath.parse(typed)
    assert str(path) == text
    assert str(path.mount_point) == f"/rhev/data-center/mnt/glusterSD/{folder}"


def test_a_storage_path_gives_its_server_without_brackets() -> None:
    path = StoragePath.parse("[2001:db8::5]:/engine")
    assert (path.server, path.volume) == ("2001:db8::5", "engine")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("engine", "no colon"),
        ("", "no colon"),
        ("h:", "names no volume"),
        ("h:/", "names no volume"),
        ("h:/vol/folder", "folder inside a volume"),
        ("h:/..", "cannot be the name"),
        ("h:/a b", "cannot be the name"),
        (":/engine", "neither a host name"),
        ("-h:/engine", "neither a host name"),
        ("-my_host:/engine", "neither a host name"),
        ("300.1.1.1:/e", "not an IPv4"),
        ("2001:db8::5:engine", "brackets"),
        ("fe80::1%eth0:/engine", "brackets"),
        ("[2001:db8::zz]:/engine", "not an IPv6"),
        ("[host]:/engine", "not an IPv6"),
    ],
)
def test_a_bad_storage_path_is_refused_and_says_why(typed: str, says: str) -> None:
    with pytest.raises(ValueRefused, match=says) as refused:
        StoragePath.parse(typed)
    assert "server:/volume" in refused.value.hint


@given(st.integers(min_value=0, max_value=(1 << 63) - 1))
def test_a_size_survives_its_own_text(count: int) -> None:
    size = Size.of(count)
    assert size.bytes == count
    assert Size.parse(str(size)) == size


@pytest.mark.parametrize(
    ("typed", "count"),
    [("61GiB", 61 << 30), ("61 gib", 61 << 30), ("61g", 61 << 30), ("4096", 4096), ("0", 0), ("4096B", 4096)],
)
def test_sizes_as_people_type_them(typed: str, count: int) -> None:
    assert Size.parse(typed).bytes == count


@pytest.mark.parametrize("typed", ["", "abc", "-1", "1.5GiB", "61GB", "61 XiB", "9999999999999TiB", "\N{SUPERSCRIPT TWO}GiB"])
def test_a_bad_size_is_refused(typed: str) -> None:
    with pytest.raises(ValueRefused):
        Size.parse(typed)


@pytest.mark.parametrize("typed", ["0", "251", "-1", "", "one", "1.0", "\N{SUPERSCRIPT TWO}"])
def test_a_host_id_outside_1_to_250_is_refused(typed: str) -> None:
    with pytest.raises(ValueRefused):
        HostNumber.parse(typed)


def test_a_host_id_reads_its_number() -> None:
    assert [HostNumber.parse(text).number for text in ("1", " 7 ", "250")] == [1, 7, 250]


@pytest.mark.parametrize("noun", [StoragePath.parse("h:/engine"), Size.parse("61GiB"), HostNumber.of(3)])
def test_nouns_are_stored_as_text_and_do_not_change(noun: object) -> None:
    plain = to_plain(noun)
    assert plain == str(noun)
    assert from_plain(plain, type(noun)) == noun
    with pytest.raises(AttributeError):
        noun.anything = 1  # type: ignore[attr-defined]
