"""The preview as entries of a page: every answer, what differs from its default, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.report.lines import NOTHING, label_of
from ovirt_hc_setup.report.pages import FAILED, Entry, heading, numbered, shortened, value_width, wrapped

TITLE = "CONFIGURATION PREVIEW"


@dataclass(frozen=True)
class PreviewLine:
    """An answer: `value` is masked for a secret; `default` is what would have been taken, empty where there is none. `number` is
    what it is chosen by, 0: its place. `failed`: a check that is about it has failed."""

    section: str
    key: str
    label: str
    value: str
    origin: str
    default: str = ""
    number: int = 0
    failed: bool = False

    @property
    def differs(self) -> bool:
        return bool(self.default) and self.value != self.default


def preview_entries(lines: Sequence[PreviewLine], width: int) -> list[Entry]:
    """In the order given, a heading for each section."""
    entries, section = [], ""
    for place, line in enumerate(lines, 1):
        if line.section != section:
            section = line.section
            entries.append(heading(section))
        mark = FAILED if line.failed else "*" if line.differs else " "
        value = _value(line, value_width(width))
        entries.append(numbered(line.number or place, label_of(line.label), value, width, mark=mark))
    return entries


def whole(line: PreviewLine) -> list[str]:
    """Everything about an answer that is to be changed, nothing of it cut."""
    said = [f"{line.label}", f"  Now:      {_shown(line.value)} ({line.origin})"]
    if line.differs:
        said.append(f"  Default:  {line.default}")
    return [plain(text) for text in [*said, f"  Key:      {line.key}"]]


def _value(line: PreviewLine, width: int) -> list[Text]:
    style = "bold" if line.differs else ""
    value = [Text(part, style) for part in wrapped(shortened(_shown(line.value), 2 * width - 8), width)]
    origin = shortened(f"({plain(line.origin)})", width)
    if len(value[-1]) + 1 + len(origin) <= width:
        value[-1].append(f" {origin}", "dim")
        return value
    return [*value, Text(origin, "dim")]


def _shown(value: str) -> str:
    return plain(value) or NOTHING
