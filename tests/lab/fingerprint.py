"""What a host is, as far as a deployment may change it, and the difference that one has made: as text that is the same each time.

What a run draws, what differs from lab to lab, and what hangs on this machine (its CPU, where this program lies) has a word in
its place. Not in it: run folders' contents, logs, what lies on the storage, what glusterd knows of its pool.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab

IN_HOST = Path(__file__).with_name("fingerprint_in_host.py")
CONTENT = ": content"
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "fingerprints"

_WORDS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"\b(?!00:16:3e)[0-9a-f]{2}(:[0-9a-f]{2}){5}\b"), "MAC"),
    (re.compile(r"runs/\d[\dT-]+-(deploy|add-host|brick)-\w+"), r"runs/RUN-\1"),
    (re.compile(r"(program/|\.env/)[0-9a-f]{16,}"), r"\1ID"),
    (re.compile(r"ssh-ed25519 \S+.*"), "SSH-KEY"),
    (re.compile(r"model_\w+"), "MODEL"),
    (re.compile(r"<domain type='\w+'"), "<domain type='ACCELERATOR'"),
    (re.compile(r"(<model fallback='\w+'>)[^<]*"), r"\1CPU"),
    (re.compile(r"pc-q35-[\d.]+"), "pc-q35"),
    (re.compile(r"\bdev([/-])loop\d+"), r"dev\1DISK"),
    (re.compile(r"\bvnet\d+"), "vnetN"),
    (re.compile(r" p \d+$"), " by a process"),
)
Seen = Mapping[str, str]


def fingerprint(lab: Lab, host: str) -> dict[str, str]:
    """What there is, by name, and how it is."""
    said = lab.exec(host, "python3", "-I", "-", stdin=IN_HOST.read_bytes(), timeout=180).out
    return {alike(name): alike(told) for name, told in json.loads(said).items()}


def alike(text: str) -> str:
    """Without what is another word each time."""
    for place, word in ((sys.prefix, "ENVIRONMENT"), (str(Path(__file__).resolve().parents[2]), "CHECKOUT")):
        text = text.replace(place, word)
    for form, word in _WORDS:
        text = form.sub(word, text)
    return text


def difference(before: Seen, after: Seen) -> str:
    """What came (+), went (-) and changed, in the order of the names; of our files and VMs every line."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if name.endswith(CONTENT):
            lines += _content(name.removesuffix(CONTENT), old, new)
        elif name not in before or name not in after:
            lines.append(f"{'+' if name in after else '-'} {name}: {new or old}".rstrip(": "))
        elif old != new:
            lines += [f"  {name}", f"    from {old}", f"    to   {new}"]
    return "\n".join([*lines, ""])


def _content(name: str, old: str, new: str) -> list[str]:
    """The lines that differ; of others' files only that they do."""
    if old == new or (not (old and new) and _is_hash(new or old)):
        return []
    if _is_hash(new):
        return [f"  {name}: its content changed"]
    found = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [f"  {name}:", *(f"    {line[0]} {line[1:]}".rstrip() for line in found if not line.startswith(("---", "+++", "@@")))]


def _is_hash(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def keep(lab: Lab, *hosts: str) -> None:
    """Keep how these hosts are before anything is deployed, beside their lab for as long as that is up."""
    for host in hosts:
        _place(lab, host).write_text(json.dumps(fingerprint(lab, host)))


def since(lab: Lab, host: str) -> str | None:
    """What is another than when it was kept; None in a lab that was up before, where nothing was kept."""
    place = _place(lab, host)
    return difference(json.loads(place.read_text()), fingerprint(lab, host)) if place.exists() else None


def kept(lab: Lab) -> dict[str, str]:
    """What was kept beside a lab, by host, for another that is to be as this one."""
    return {host: _place(lab, host).read_text() for host in HOSTS if _place(lab, host).exists()}


def put_back(lab: Lab, before: Mapping[str, str]) -> None:
    """Beside a lab what was kept beside the one that it was copied from."""
    for host, text in before.items():
        _place(lab, host).write_text(text)


def _place(lab: Lab, host: str) -> Path:
    return lab.places.state / f"fingerprint-{host}.json"


def assert_golden(name: str, text: str | None) -> None:
    """Compare with tests/golden/fingerprints/NAME.txt, if there is anything to compare; UPDATE_GOLDEN=1 writes it instead."""
    if text is None:
        return
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), "".join(difflib.unified_diff(path.read_text().splitlines(True), text.splitlines(True)))
