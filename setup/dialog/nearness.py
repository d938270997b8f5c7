"""Which known name somebody probably meant by one that there is not.

A guess is only made where it fits: the same last part in another group, a slip of the fingers, or words that say the same
(`vmDiskSizeGB` is "the size of the engine's disk in GiB", and not `vmMemSizeMB`, though that looks more like it).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

LONGEST = 100  # characters of a name that are looked at
SLIP = 0.78  # difflib's likeness from which a last part is a slip: `fqnd` and `fqdn`, not `vmDiskSizeGB` and `vmMemSizeMB`
FITS = 0.75  # the share of a name's words that has to stand in the name or the help of a key
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SAY_NOTHING = frozenset({"he", "vm", "ovehosted", "hosted", "engine", "the", "of", "in", "a", "and", "is", "for"})
_SAME = {
    "mem": "memory", "img": "disk", "image": "disk", "pwd": "password",
    "gib": "gb", "mib": "mb", "cpus": "vcpus", "cpu": "vcpus",
}


def nearest(name: str, known: Mapping[str, str]) -> str:
    """The name among `known` (each with its help) that was meant, or nothing."""
    last = _last(name)
    for other in known:
        if _last(other).lower() == last.lower():
            return other
    return _slip(name, known) or _by_words(last, known)


def _last(name: str) -> str:
    return name[:LONGEST].rsplit("/", 1)[-1]


def _slip(name: str, names: Iterable[str]) -> str:
    """The last parts are compared; of equal ones the group decides."""
    last, wanted = _last(name).lower(), name[:LONGEST].lower()
    by_last: dict[str, list[str]] = {}
    for other in names:
        by_last.setdefault(_last(other).lower(), []).append(other)
    found = difflib.get_close_matches(last, by_last, n=1, cutoff=SLIP if len(last) > 4 else 0.7)
    return max(by_last[found[0]], key=lambda other: _likeness(wanted, other.lower())) if found else ""


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _by_words(last: str, known: Mapping[str, str]) -> str:
    """The key whose name and help say the most of what the words of a name say, if that is nearly all of it."""
    words = _words(last)
    if len(words) < 2:
        return ""
    best, share = "", 0.0
    for other, help in known.items():
        said = len(words & (_words(_last(other)) | _words(help))) / len(words)
        if said > share:
            best, share = other, said
    return best if share >= FITS else ""


def _words(text: str) -> set[str]:
    found = {word.lower() for word in _WORD.findall(text[:LONGEST])}
    return {_SAME.get(word, word) for word in found} - _SAY_NOTHING
