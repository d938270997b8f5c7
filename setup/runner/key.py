"""A key: the name of an answer, with its type. Questions, files, templates and plans all speak in keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Generic, Literal, Protocol, TypeVar

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.answers.typed_value import as_bool

T = TypeVar("T")
N = TypeVar("N", bound="AnswerType")
Whose = Literal["cluster", "host", "one", "by name"]


class AnswerType(Protocol):
    """What a `model` class offers: `parse(text)` gives a value or raises ValueRefused, `str()` gives the text back."""

    @classmethod
    def parse(cls: type[N], text: str) -> N: ...


def same(value: object) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, eq=False, kw_only=True)
class Key(Generic[T]):
    """`name` in the predecessor's style (`OVEHOSTED_VM/vmMemSizeMB`); `parse` turns any text, typed or from a file, into a
    value; `text` is the way back; `kind` is the type prefix in answer files. A key with `draw` gets a random or generated
    value before the operator says Yes. `default` None means that there is none, unless the key is `optional`.
    What only descriptions need: `choices` are all the texts it takes, `least` and `most` the limits of a number, `form` what
    the text is (a UUID, say), `since` the version of this program that brought it. A key with a `separator` holds a list:
    files may give it as one, and `APPEND:` and `PREPEND:` add to it. `nothing` is the word for no value of an optional one.
    With `none` an empty text says that there is none, though the key is not optional: see `when_empty`. What is `found_out` anew
    by every sitting is no answer: nobody gives it, and it is written into no file of answers.

    `whose` value it is. The "cluster"'s is one for all hosts. Each "host" may have its own, and a value that names no host is for
    all that have none. A value of "one" host cannot be another's: without a host it is for the one that it is given on. With "by
    name" one value names the hosts itself (`HOST=VALUE`, in a list), and what is given for one of them becomes a part of it.
    """

    name: str
    help: str
    parse: Callable[[str], T]
    kind: Literal["str", "int", "bool"] = "str"
    text: Callable[[T], str] = same
    default: T | None = None
    optional: bool = False
    secret: bool = False
    draw: Callable[[], T] | None = None
    example: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    form: str = ""
    separator: str = ""
    nothing: str = "none"
    none: bool = False
    found_out: bool = False
    since: str = "0.1.0"
    whose: Whose = "cluster"

    def of(self, host: str) -> Key[T]:
        """The key of another host's value, as it stands among the answers here."""
        return replace(self, name=f"{host}:{self.name}")

    def __repr__(self) -> str:
        return f"Key({self.name})"

    def when_empty(self) -> str | None:
        """What a supplied text stands for that says nothing: `KEY=str:`, as the predecessor saves what was not answered. None:
        the key is not given. Where there may be no value (no DNS servers, no password, no further options) there is none.
        """
        return "" if self.none or self.optional or self.default == "" else None


def one_line(text: str) -> str:
    """`text` without blanks around it; raises ValueRefused for what no line of a configuration can hold."""
    if not text.strip().isprintable():
        raise ValueRefused(f"{text!r} contains line breaks or invisible characters", hint="Give one line of plain text.")
    return text.strip()


def is_empty(text: str, *, secret: bool = False) -> bool:
    """Whether a supplied text says nothing. `str:none:None` and `str:None` are what scripts make of Python's None."""
    return not text.strip() or (not secret and text.strip() in ("none:None", "None"))


def text_key(
    name: str,
    help: str,
    *,
    default: str | None = None,
    example: str = "",
    draw: Callable[[], str] | None = None,
    separator: str = "",
    noun: type[N] | None = None,
) -> Key[str]:
    """Any text of one line, or with `noun` the text of one; an empty one only where that is the default."""

    def parse(text: str) -> str:
        if not is_empty(text):
            return one_line(text) if noun is None else str(noun.parse(one_line(text)))
        if default == "":
            return ""
        raise ValueRefused("an empty text is not accepted", hint=f"For example: {example or default or '...'}")

    form = "" if noun is None else noun.__name__
    return Key(
        name=name, help=help, parse=parse, default=default, example=example, draw=draw, separator=separator, form=form
    )


def int_key(
    name: str,
    help: str,
    *,
    default: int | None = None,
    least: int = 0,
    most: int = 2**63,
    example: str = "",
    draw: Callable[[], int] | None = None,
) -> Key[int]:
    """A whole number from `least` to `most`."""

    def parse(text: str) -> int:
        try:
            value = int(text.strip())
        except ValueError:
            raise ValueRefused(f"{text!r} is not a whole number", hint="Give digits only, for example 4096.") from None
        if not least <= value <= most:
            limits = f"at least {least}" if most == 2**63 else f"between {least} and {most}"
            raise ValueRefused(f"{value} is out of range", hint=f"It has to be {limits}.")
        return value

    top = None if most == 2**63 else most
    return Key(
        name=name, help=help, parse=parse, kind="int", default=default, example=example, least=least, most=top, draw=draw
    )


def parse_bool(text: str) -> bool:
    """yes/no, true/false, on/off, 1/0; raises ValueRefused for anything else (the predecessor took `no` for true)."""
    value = as_bool(text)
    if value is not None:
        return value
    raise ValueRefused(f"{text!r} is neither yes nor no", hint="Answer Yes or No.")


def bool_key(name: str, help: str, *, default: bool | None = None) -> Key[bool]:
    """Yes or no."""
    return Key(name=name, help=help, parse=parse_bool, kind="bool", default=default)


def choice_key(
    name: str,
    help: str,
    choices: tuple[str, ...],
    *,
    default: str | None = None,
    others: Mapping[str, str] = MappingProxyType({}),
) -> Key[str]:
    """One of `choices`. `others` are words that the predecessor takes and this program does not, each with why."""

    def parse(text: str) -> str:
        word = text.strip().lower()
        if word in others:
            raise ValueRefused(others[word], hint=f"{name} can be: {', '.join(choices)}.")
        if word not in choices:
            raise ValueRefused(f"{text!r} is not one of the choices", hint=f"Choose from: {', '.join(choices)}.")
        return word

    return Key(name=name, help=help, parse=parse, default=default, choices=choices)


def noun_key(
    name: str,
    help: str,
    noun: type[N],
    *,
    default: N | None = None,
    draw: Callable[[], N] | None = None,
    example: str = "",
    aliases: tuple[str, ...] = (),
    separator: str = "",
) -> Key[N]:
    """A value of the class `noun`, which parses it."""
    form = noun.__name__
    return Key(
        name=name,
        help=help,
        parse=noun.parse,
        default=default,
        draw=draw,
        example=example,
        form=form,
        aliases=aliases,
        separator=separator,
    )


def optional_noun_key(
    name: str, help: str, noun: type[N], *, nothing: tuple[str, ...] = (), example: str = "", separator: str = ""
) -> Key[N | None]:
    """A noun or nothing; `nothing` are the words (besides an empty text, none and False) that mean nothing, `dhcp` say."""
    words = {"", "none", "false", *nothing}

    def parse(text: str) -> N | None:
        return None if text.strip().lower() in words else noun.parse(text)

    form = noun.__name__
    word = nothing[0] if nothing else "none"
    return Key(
        name=name, help=help, parse=parse, optional=True, example=example, form=form, separator=separator, nothing=word
    )


def secret_key(
    name: str, help: str, *, optional: bool = False, none: bool = False, check: Callable[[str], None] = lambda text: None
) -> Key[Secret]:
    """A secret; `check` raises ValueRefused without repeating the value. With `none` there may be none, if that is said."""

    def parse(text: str) -> Secret:
        if not text and not (optional or none):
            raise ValueRefused("an empty password is not accepted", hint="Give at least one character.")
        if any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in text):
            raise ValueRefused("a password cannot contain line breaks or control characters", hint="Choose another one.")
        check(text)
        return Secret(text)

    return Key(name=name, help=help, parse=parse, secret=True, optional=optional, none=none)
