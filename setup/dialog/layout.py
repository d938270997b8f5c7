"""How a question looks on a terminal: its parts as lines of words, none wider than the screen."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Choice, Proposal, Question

WIDEST = 80
MOST_TEXT = 28  # columns for what is chosen; longer ones have what is known of them on a line of its own
MOST_REFUSED = 6
ROOM = 16
USAGE = "Enter accepts the value in brackets. ? shows help, < goes back to the previous question, Tab completes, Ctrl-C quits."


def width() -> int:
    """Columns that a line may fill."""
    return min(WIDEST, shutil.get_terminal_size().columns) - 1


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """`text` broken between words, its own line ends kept."""
    rest = indent if hanging is None else hanging
    lines: list[str] = []
    for line in shown(text).splitlines():
        first = rest if lines else indent
        lines += textwrap.wrap(
            line.strip(), width(), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
        ) or [""]
    return "\n".join(lines)


def choice_lines(choices: Sequence[Choice]) -> str:
    """The offered ones with their numbers, then some of the others with why they are not."""
    offered = [choice for choice in choices if not choice.why_not]
    refused = [choice for choice in choices if choice.why_not]
    if not refused and not any(choice.detail for choice in offered):
        return wrapped("   ".join(f"{number}) {choice.text}" for number, choice in enumerate(offered, 1)), "  ")
    column = min(MOST_TEXT, max((len(choice.text) for choice in choices), default=0))
    lines = [_choice_line(f"{number})", choice.text, choice.detail, column) for number, choice in enumerate(offered, 1)]
    for choice in refused[:MOST_REFUSED]:
        known = f"{choice.detail}; " if choice.detail else ""
        lines.append(_choice_line("-", choice.text, f"{known}not offered: {choice.why_not}", column))
    if len(refused) > MOST_REFUSED:
        lines.append(wrapped(f"and {len(refused) - MOST_REFUSED} more that cannot be used", "  -  "))
    return "\n".join(lines)


def _choice_line(mark: str, text: str, detail: str, column: int) -> str:
    head, hanging = f"  {mark:<2} {plain(text):<{column}}", " " * (column + 7)
    if len(text) <= column:
        return wrapped(detail, f"{head}  ", hanging) if detail else head.rstrip()
    return f"{head}\n{wrapped(detail, ' ' * 7)}" if detail else head


def prompt_text(question: Question[Any], proposal: Proposal[Any] | None) -> str:
    """What stands before the cursor: the question, its possible words, where the default comes from, and the default."""
    key, parts = question.key, [question.prompt]
    words = ("Yes", "No") if key.kind == "bool" else key.choices
    if words:
        parts.append(f"({', '.join(words)})")
    default = default_text(key, proposal)
    if default and proposal is not None and proposal.origin != "default":
        parts.append(f"({proposal.origin})")
    return f"{_with_room(' '.join(parts), f'[{default}]:' if default else ':')} "


def _with_room(text: str, end: str) -> str:
    """`end` behind `text` where room for typing is left behind it, else on a line of its own."""
    joined = wrapped(f"{text} {end}" if end != ":" else f"{text}:")
    if len(joined.splitlines()[-1]) <= width() - ROOM or end == ":":
        return joined
    return f"{wrapped(text)}\n{wrapped(end)}"


def default_text(key: Key[Any], proposal: Proposal[Any] | None) -> str:
    """The default as it is shown."""
    if proposal is None or proposal.value is None:
        return key.nothing if key.optional else ""
    if key.secret:
        return "the one entered before"
    if key.kind == "bool":
        return "Yes" if proposal.value else "No"
    return plain(key.text(proposal.value))


def help_text(question: Question[Any], proposal: Proposal[Any] | None) -> str:
    """Everything about a question."""
    key = question.key
    rows = [("Key", key.name), ("Takes", _takes(key))]
    if default := default_text(key, proposal):
        rows.append(("Default", f"{default} ({proposal.origin})" if proposal is not None else default))
    rows.append(("Example", key.example))
    said = [wrapped(f"{key.help[:1].upper()}{key.help[1:]}.", "  ")]
    said += [wrapped(question.why, "  ")] if question.why else []
    said += [wrapped(text, f"  {label + ':':<9}", " " * 11) for label, text in rows if text]
    return "\n".join([*said, wrapped(USAGE, "  ")])


def _takes(key: Key[Any]) -> str:
    if key.choices:
        return f"one of: {', '.join(key.choices)}"
    if key.kind == "bool":
        return "Yes or No"
    if key.least is not None and key.most is not None:
        return f"a whole number from {key.least} to {key.most}"
    return f"a whole number, {key.least} or more" if key.least is not None else ""
