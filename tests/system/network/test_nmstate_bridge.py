"""Whose checkpoint is kept and taken back under NetworkManager.

There is neither NetworkManager nor nmstate in a lab, so a model stands in for both, with what matters here: a checkpoint has a
path and a moment, paths are given out again, `nmstatectl commit` and `rollback` without a path take whichever is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ovirt_hc_setup.base.host import Host, Outcome, Request
from ovirt_hc_setup.system.network.bridge_trial import Place, Stage
from ovirt_hc_setup.system.network.nmstate_bridge import NmstateBridge
from ovirt_hc_setup.system.network.trial import TakenBack

FOLDER = "/org/freedesktop/NetworkManager/Checkpoint"
IMAGE = {"shown": {"interfaces": [{"name": "eno1", "type": "ethernet", "ipv4": {"enabled": True}}]}}


@dataclass
class Managed(Host):
    """A host with NetworkManager; `there` holds the moment of each of its checkpoints."""

    name: str = "hc1"
    there: dict[str, int] = field(default_factory=dict)
    files: dict[Path, bytes] = field(default_factory=dict)
    ended: list[tuple[str, str]] = field(default_factory=list)
    clock: int = 1000

    def create(self) -> str:
        number = next(number for number in range(1, 99) if f"{FOLDER}/{number}" not in self.there)
        self.clock += 1
        self.there[f"{FOLDER}/{number}"] = self.clock
        return f"{FOLDER}/{number}"

    def outcome(self, request: Request) -> Outcome:
        said, code = self._said(*request.argv)
        return Outcome(request, self.name, code, said, "", 0.0)

    def _said(self, *argv: str) -> tuple[str, int]:
        match argv:
            case ("busctl", _, "get-property", _, _, _, "Checkpoints"):
                return json.dumps({"type": "ao", "data": list(self.there)}), 0
            case ("busctl", _, "get-property", _, path, _, "Created"):
                return (json.dumps({"type": "x", "data": self.there[path]}), 0) if path in self.there else ("", 1)
            case ("nmstatectl", "apply", *_):
                self.create()
                return "", 0
            case ("nmstatectl", "commit" | "rollback" as how, *path):
                ended = path[0] if path else next(iter(self.there))
                self.ended.append((how, ended))
                return "", 0 if self.there.pop(ended, None) else 1
        return "[]", 0

    def read(self, path: Path) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        self.files[path] = data


@pytest.fixture
def host() -> Managed:
    return Managed()


@pytest.fixture
def bridge() -> NmstateBridge:
    return NmstateBridge(Place(bridge="ovirtmgmt", nic="eno1", folder=Path("/run-folder"), seconds=60))


def test_a_checkpoint_of_somebody_else_is_never_rolled_back(host: Managed, bridge: NmstateBridge) -> None:
    theirs = host.create()
    assert bridge.stage(host) is Stage.NONE
    bridge.take_back(host)
    assert list(host.there) == [theirs]
    assert theirs in bridge.others(host)


def test_ours_is_kept_and_taken_back_by_its_path(host: Managed, bridge: NmstateBridge) -> None:
    theirs = host.create()
    bridge.begin(host, IMAGE)
    assert bridge.stage(host) is Stage.TRIAL
    bridge.take_back(host)
    assert host.ended == [("rollback", f"{FOLDER}/2")]
    bridge.begin(host, IMAGE)
    bridge.keep(host)
    assert host.ended[1:] == [("commit", f"{FOLDER}/2")]
    assert list(host.there) == [theirs]


def test_a_path_that_was_given_out_again_is_not_ours(host: Managed, bridge: NmstateBridge) -> None:
    bridge.begin(host, IMAGE)
    host.there.clear()  # taken back by its time, or NetworkManager was restarted
    theirs = host.create()
    assert bridge.others(host)
    bridge.take_back(host)
    with pytest.raises(TakenBack):
        bridge.keep(host)
    assert list(host.there) == [theirs]

