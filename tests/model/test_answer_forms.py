"""What can be told of an answer by its text alone: mail, time zones, machine types, paths, names of servers and domains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.absolute_path import AbsolutePath
from ovirt_hc_setup.model.domain_name import DomainName
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.model.mail_address import MailAddress, MailAddresses
from ovirt_hc_setup.model.noun import Noun
from ovirt_hc_setup.model.server_name import ServerName
from ovirt_hc_setup.model.time_zone import TimeZone

NOUNS = (AbsolutePath, DomainName, MachineType, MailAddress, MailAddresses, ServerName, TimeZone)
GOOD = [
    (ServerName, "localhost"),
    (ServerName, "mail.example.com"),
    (ServerName, "my_mail"),
    (ServerName, "192.0.2.1"),
    (ServerName, "2001:db8::1"),
    (MailAddress, "root@localhost"),
    (MailAddress, "a.b+c@example.com"),
    (MailAddresses, "a@x.test,b@y.test"),
    (TimeZone, "UTC"),
    (TimeZone, "Asia/Seoul"),
    (TimeZone, "America/Argentina/Ushuaia"),
    (MachineType, "pc"),
    (MachineType, "q35"),
    (MachineType, "pc-i440fx-rhel7.3.0"),
    (MachineType, "pc-q35-7.2"),
    (MachineType, "rhel6.5.0"),
    (AbsolutePath, "/root/a b.ova"),
    (DomainName, "hosted_storage"),
]
BAD = [
    (ServerName, "mail..test"),
    (ServerName, "300.1.1.1"),
    (ServerName, "a b"),
    (ServerName, "$(id)"),
    (MailAddress, "root"),
    (MailAddress, "root@"),
    (MailAddress, "a b@example.com"),
    (MailAddresses, "a@x.test,"),
    (TimeZone, "Europe/Pargue"),
    (TimeZone, "../../etc/passwd"),
    (TimeZone, "+02:00"),
    (MachineType, "s390-ccw-virtio"),
    (MachineType, "pcq35"),
    (MachineType, "pc-q35 7.2"),
    (AbsolutePath, "appliance.ova"),
    (DomainName, "two words"),
    (DomainName, "x" * 51),
]


@pytest.mark.parametrize(("noun", "text"), GOOD)
def test_what_is_one_is_taken_as_it_is(noun: type[ServerName], text: str) -> None:
    assert str(noun.parse(text)) == text


@pytest.mark.parametrize(("noun", "text"), BAD)
def test_what_is_none_is_refused_with_a_remedy(noun: type[ServerName], text: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        noun.parse(text)
    assert refused.value.hint


@pytest.mark.parametrize("noun", NOUNS)
@given(text=st.text(max_size=40))
def test_any_text_is_a_value_that_comes_back_or_is_refused(noun: type[ServerName], text: str) -> None:
    try:
        value: Noun = noun.parse(text)
    except ValueRefused as refused:
        assert refused.hint
    else:
        assert noun.parse(str(value)) == value


def test_a_misspelt_time_zone_is_told() -> None:
    with pytest.raises(ValueRefused, match="there is no time zone Europe/Pargue") as refused:
        TimeZone.parse("Europe/Pargue")
    assert refused.value.hint == "Did you mean Europe/Prague?"


EL9 = ("pc", "pc-i440fx-rhel7.6.0", "q35", "pc-q35-rhel7.6.0", "pc-q35-rhel9.4.0")
DEBIAN = ("pc", "pc-i440fx-2.0", "pc-i440fx-7.2", "q35", "pc-q35-7.2", "pc-q35-2.4")
WITHOUT_I440FX = ("q35", "pc-q35-rhel10.0.0")


@pytest.mark.parametrize(
    ("asked", "there", "nearest"),
    [
        ("pc-i440fx-rhel7.3.0", EL9, "pc-i440fx-rhel7.6.0"),
        ("pc-i440fx-rhel7.3.0", DEBIAN, "pc"),
        ("pc-i440fx-rhel7.3.0", WITHOUT_I440FX, "q35"),
        ("rhel6.5.0", EL9, "pc-i440fx-rhel7.6.0"),
        ("pc-i440fx-6.0", DEBIAN, "pc-i440fx-7.2"),
        ("pc-q35-rhel8.6.0", EL9, "pc-q35-rhel9.4.0"),
        ("pc-q35-9.0", DEBIAN, "q35"),
        ("pc-1.3", DEBIAN, "pc-i440fx-2.0"),
        ("pc", WITHOUT_I440FX, "q35"),
        ("pc", (), None),
    ],
)
def test_the_nearest_machine_type_is_of_the_same_kind(asked: str, there: tuple[str, ...], nearest: str | None) -> None:
    found = MachineType.parse(asked).nearest([MachineType.parse(text) for text in there])
    assert (None if found is None else str(found)) == nearest
