"""What a host answers, as a file: commands with what they say, files, libvirt's own words.

One JSON file a machine. `source` says where it comes from; `based_on` another machine, of which only the differences stand here:
a command, a path or a word of libvirt is answered as in the other file unless it is in this one.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
APPLIANCE = "/root/engine-appliance.ova"
"""What a plan is made for; it lies on whatever machine makes the plan."""

# What is another word in every run: a file's name that is made up on the spot, the UUID that a new file system will have.
_OTHER_WORDS = (
    (re.compile(r"/run/ovirt-hc-setup-probe-[0-9a-f]{8}\.img"), "/run/ovirt-hc-setup-probe.img"),
    (re.compile(r"^UUID=[0-9a-f-]{36}$"), "UUID=DRAWN"),
)
_ASKED = ("run", "stdin", "in")
_LINE_LENGTH = 200
_MOST = 1 << 16


class NotRecorded(AssertionError):
    """Somebody asked for what this machine was never asked. Nothing is made up."""


@dataclass
class Recording:
    """`commands` by what is run; `paths`: None for what is not there; `hosts`: the machines that it reaches over SSH, by name;
    `health`: what answers at the engine's health page."""

    source: str
    name: str
    commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    paths: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    libvirt: dict[str, Any] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    health: str = ""


def key(argv: Sequence[str], stdin: bytes | None, cwd: Path | None) -> str:
    """What a command is known by: not by what is another word in every run of it."""
    words = [_alike("python3" if word == sys.executable else word) for word in argv]
    given = {"stdin": hashlib.sha256(stdin).hexdigest()[:16]} if stdin else {}
    return json.dumps({"run": words, **given, **({"in": str(cwd)} if cwd else {})})


def _alike(word: str) -> str:
    for form, instead in _OTHER_WORDS:
        word = form.sub(instead, word)
    return word


def load(name: str) -> Recording:
    """A machine of this folder."""
    data = json.loads((FOLDER / f"{name}.json").read_text())
    base = load(data["based_on"]) if "based_on" in data else Recording("", "")
    own = {json.dumps({word: entry[word] for word in _ASKED if word in entry}): entry for entry in data["commands"]}
    return Recording(
        source=data["source"],
        name=data.get("name", base.name),
        commands=base.commands | own,
        paths=base.paths | data.get("paths", {}),
        libvirt=base.libvirt | data.get("libvirt", {}),
        hosts=base.hosts | data.get("hosts", {}),
        health=data.get("health", base.health),
    )


def as_json(recording: Recording) -> dict[str, Any]:
    """As it lies in a file, what hangs on no order in the order of the alphabet."""
    return {
        "source": recording.source,
        "name": recording.name,
        "health": recording.health,
        "hosts": recording.hosts,
        "commands": [recording.commands[name] for name in sorted(recording.commands)],
        "paths": dict(sorted(recording.paths.items())),
        "libvirt": recording.libvirt,
    }


def packed(text: str) -> Any:
    """Text as it is easily read and changed in a JSON file: as the JSON that it is itself, or as its lines. What is too long for
    that is compressed."""
    if len(text) > _MOST:
        return {"zlib": base64.b64encode(zlib.compress(text.encode(), 9)).decode()}
    if text.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(text)
        except ValueError:
            pass
        else:
            return {"json": value}
    return text.split("\n") if "\n" in text.rstrip("\n") or len(text) > _LINE_LENGTH else text


def unpacked(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value["json"]) if "json" in value else zlib.decompress(base64.b64decode(value["zlib"])).decode()
    return value if isinstance(value, str) else "\n".join(value)


def os_error(name: str, path: str) -> OSError:
    """What the kernel says of a path, by the name of its number."""
    number = getattr(errno, name)
    return OSError(number, name, path)
