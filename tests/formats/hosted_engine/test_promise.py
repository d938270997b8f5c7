"""What is promised to a host that joins is read as if it stood on the storage already, and crosses the wire as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.hosted_engine import shared_configuration
from ovirt_hc_setup.formats.hosted_engine.promise import Promise
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.model.volume_plan import BrickDevices, VolumePlan
from ovirt_hc_setup.runner.codec import from_plain, to_plain
from tests.storages import DOMAIN, FIRST, configuration, files

HOSTS = tuple(OtherHost(f"hc{number}.hc.test") for number in (1, 2, 3))
DEVICES = BrickDevices.parse("/dev/sdb")
PROMISE = Promise(
    configuration=configuration(),
    domain=DOMAIN,
    members=((1, FIRST.hostname), (2, "hc2.hc.test"), (3, "hc3.hc.test")),
    volume=VolumePlan("engine", HOSTS, {host.host: DEVICES.of(host.host) for host in HOSTS}),
)


def sent(promise: Promise) -> Any:
    return msgspec.json.decode(msgspec.json.encode(to_plain(promise)))


def test_it_arrives_as_it_was_sent() -> None:
    assert from_plain(sent(PROMISE), Promise) == PROMISE


def test_a_host_reads_from_it_what_it_would_read_from_the_storage() -> None:
    promised, real = PROMISE.deployment(2), shared_configuration.read(files())
    assert (promised.domain, promised.conf, promised.vm, promised.answers) == (real.domain, real.conf, real.vm, real.answers)


def test_an_id_that_was_given_to_another_host_is_not_free_and_the_own_one_is() -> None:
    promised = PROMISE.deployment(2)
    assert promised.free_ids()[:2] == [2, 4]
    assert "hc3.hc.test" in promised.holder(3)


def test_what_cannot_be_read_is_said_as_on_the_storage() -> None:
    broken = replace(PROMISE, configuration=replace(PROMISE.configuration, vm="nonsense"))
    with pytest.raises(FormatError):
        broken.deployment(2)
