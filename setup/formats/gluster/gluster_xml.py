"""Reader of what `gluster --mode=script --xml ...` prints (GlusterFS cli/src/cli-xml-output.c).

The exit status says little: `opRet` in the answer is what counts, `opErrstr` are glusterd's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import CommandFailed, FormatError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.model.disk_access import Transport
from ovirt_hc_setup.model.gluster_state import BrickState, HealState, PoolPeer
from ovirt_hc_setup.model.gluster_volume import BrickPath, GlusterVolume

MAX_TEXT = 4 * 2**20
MAX_ITEMS = 4096
MAX_WORDS = 2000
LONGEST_NUMBER = 20
NO_SUCH_VOLUME = 30806
_TRANSPORTS = {0: (Transport.TCP,), 1: (Transport.RDMA,), 2: (Transport.TCP, Transport.RDMA)}


class GlusterRefused(CommandFailed):
    """glusterd answered, and said no. `errno` is its own number (30806: there is no such volume), 0 when it gave none."""

    def __init__(self, message: str, errno: int, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.errno = errno


def read_answer(text: str) -> Element:
    """The root of an answer with `opRet` 0; raises GlusterRefused with glusterd's words, FormatError for anything else."""
    if len(text) > MAX_TEXT:
        raise FormatError(f"gluster's answer has {len(text)} characters, more than the {MAX_TEXT} that are read")
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise FormatError(f"gluster's answer is not XML ({error}): {_quoted(text)}") from error
    if root.tag != "cliOutput":
        raise FormatError(f"gluster's answer begins with <{plain(root.tag)[:80]}> where <cliOutput> should be")
    if _number(root, "opRet") != 0:
        raise GlusterRefused(f"gluster says: {_words(root)}", _number(root, "opErrno", 0))
    return root


def read_volumes(text: str) -> tuple[GlusterVolume, ...]:
    """`volume info [NAME]`: the volumes, none when glusterd has none."""
    return tuple(_volume(found) for found in _items(read_answer(text), "volInfo/volumes/volume"))


def read_brick_states(text: str) -> tuple[BrickState, ...]:
    """`volume status NAME`: the bricks of it (other processes such as the self-heal daemon are left out)."""
    nodes = _items(read_answer(text), "volStatus/volumes/volume/node")
    states = (_brick_state(node) for node in nodes if _text(node, "path", "").startswith("/"))
    return tuple(states)


def read_peers(text: str) -> tuple[PoolPeer, ...]:
    """`pool list`: every host of the pool, the one that answers among them."""
    return tuple(
        PoolPeer(
            _text(found, "hostname"),
            _uuid(found, "uuid"),
            _number(found, "connected") == 1,
            _number(found, "state") if found.find("state") is not None else None,
            _text(found, "stateStr", ""),
        )
        for found in _items(read_answer(text), "peerStatus/peer")
    )


def read_heal_states(text: str) -> tuple[HealState, ...]:
    """`volume heal NAME info summary`: what each brick still has to give to the others; None where it could not be asked."""
    return tuple(
        HealState(_text(found, "name"), _count(found, "totalNumberOfEntries"), _count(found, "numberOfEntriesInSplitBrain"))
        for found in _items(read_answer(text), "healInfo/bricks/brick")
    )


def _volume(element: Element) -> GlusterVolume:
    return GlusterVolume(
        name=_text(element, "name"),
        id=_uuid(element, "id"),
        kind=_text(element, "typeStr"),
        status=_text(element, "statusStr"),
        replica=_number(element, "replicaCount"),
        arbiters=_number(element, "arbiterCount", 0),
        bricks=tuple(_brick(found) for found in _items(element, "bricks/brick")),
        options=_options(element),
        transports=_TRANSPORTS.get(_number(element, "transport", 0), (Transport.TCP,)),
    )


def _brick(element: Element) -> BrickPath:
    name = _text(element, "name")
    host, path = BrickPath.place(name)
    if not host:
        raise FormatError(f"gluster names a brick '{name}', which is not HOST:/PATH")
    return BrickPath(host, path, _uuid(element, "hostUuid"), _number(element, "isArbiter", 0) == 1)


def _options(element: Element) -> Mapping[str, str]:
    return {_text(found, "name"): _text(found, "value", "") for found in _items(element, "options/option")}


def _brick_state(node: Element) -> BrickState:
    return BrickState(
        host=_text(node, "hostname"),
        path=_text(node, "path"),
        online=_number(node, "status") == 1,
        port=_count(node, "port"),
    )


def _items(element: Element, path: str) -> list[Element]:
    found = element.findall(path)
    if len(found) > MAX_ITEMS:
        raise FormatError(f"gluster's answer lists {len(found)} of {path}, more than the {MAX_ITEMS} that are read")
    return found


def _text(element: Element, name: str, default: str | None = None) -> str:
    found = element.findtext(name)
    if found is None:
        if default is None:
            raise FormatError(f"gluster's answer has no <{name}> in <{element.tag}>")
        return default
    return plain(found.strip())


def _number(element: Element, name: str, default: int | None = None) -> int:
    found = _text(element, name, None if default is None else str(default))
    try:
        return int(found)
    except ValueError as error:
        raise FormatError(f"gluster's answer has <{name}> {_quoted(found)}, which is not a number") from error


def _count(element: Element, name: str) -> int | None:
    found = _text(element, name, "-")
    return int(found) if found.isdecimal() and len(found) < LONGEST_NUMBER else None


def _uuid(element: Element, name: str) -> UUID:
    found = _text(element, name)
    try:
        return UUID(found)
    except ValueError as error:
        raise FormatError(f"gluster's answer has <{name}> {_quoted(found)}, which is not a UUID") from error


def _words(root: Element) -> str:
    return _text(root, "opErrstr", "")[:MAX_WORDS] or f"error {_text(root, 'opErrno', '?')}, without a word more"


def _quoted(text: str) -> str:
    shown = plain(text.strip())
    return repr(shown[:200] + ("..." if len(shown) > 200 else ""))
