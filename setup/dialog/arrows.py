"""Keys beside letters: arrows move through what can be chosen and turn pages; what is pasted becomes one line."""

from __future__ import annotations

from collections.abc import Sequence

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from ovirt_hc_setup.dialog.line_aid import Aid

NEXT, BEFORE = "+", "-"  # as they are typed


def bindings(aid: Aid) -> KeyBindings:
    """The keys of a line with this aid."""
    keys = KeyBindings()

    @keys.add(Keys.BracketedPaste)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(one_line(event.data, several=aid.several))

    @keys.add(Keys.Vt100MouseEvent)
    def _(event: KeyPressEvent) -> None:
        """No mouse is asked for: this is a colour in what was pasted, which looks like one."""

    if aid.turning:
        _turning(keys)
    elif aid.words and not aid.several:
        _choosing(keys, aid.words, len(aid.past))
    return keys


def one_line(pasted: str, *, several: bool) -> str:
    """Pasted text without line ends: items of a list get a comma between them, anything else a blank."""
    lines = [line.strip() for line in pasted.splitlines() if line.strip()]
    return (", " if several else " ").join(lines) if len(lines) > 1 else pasted.rstrip("\r\n")


def _turning(keys: KeyBindings) -> None:
    """Arrows and page keys on an empty line do what `+` and `-` do."""
    empty = Condition(lambda: not get_app().current_buffer.text)

    def turns(names: Sequence[str], word: str) -> None:
        for name in names:

            @keys.add(name, filter=empty)
            def _(event: KeyPressEvent) -> None:
                event.current_buffer.text = word
                event.current_buffer.validate_and_handle()

    turns(("down", "right", "pagedown"), NEXT)
    turns(("up", "left", "pageup"), BEFORE)


def _choosing(keys: KeyBindings, words: Sequence[str], earlier: int) -> None:
    """Down goes through the words, up goes back through them and, above the first, through the `earlier` lines."""

    def newest(buffer: Buffer) -> bool:
        return buffer.working_index >= earlier

    @keys.add("down", filter=Condition(lambda: newest(get_app().current_buffer)))
    def _(event: KeyPressEvent) -> None:
        text = event.current_buffer.text
        _put(event.current_buffer, words[min(words.index(text) + 1, len(words) - 1)] if text in words else words[0])

    @keys.add("up", filter=Condition(lambda: newest(get_app().current_buffer) and get_app().current_buffer.text in words))
    def _(event: KeyPressEvent) -> None:
        place = words.index(event.current_buffer.text)
        _put(event.current_buffer, words[place - 1] if place else "")


def _put(buffer: Buffer, text: str) -> None:
    buffer.text = text
    buffer.cursor_position = len(text)
