"""`broker.conf`: how HA's broker tells people about state changes. INI as Python's ConfigParser reads it, `%` doubled."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError, ValueRefused

WHAT = "broker.conf"
LIMIT = 16384
TRANSITIONS = "maintenance|start|stop|migrate|up|down"


@dataclass(frozen=True, kw_only=True)
class BrokerConf:
    """`state_transition` is a regular expression that HA searches in `<OldState>-<NewState>`."""

    smtp_server: str = "localhost"
    smtp_port: int = 25
    source_email: str = "root@localhost"
    destination_emails: tuple[str, ...] = ("root@localhost",)
    state_transition: str = TRANSITIONS


def write(conf: BrokerConf) -> str:
    """Raises ValueRefused for a value with a line break, a port outside 1..65535, a bad regular expression."""
    if not 1 <= conf.smtp_port <= 65535:
        raise ValueRefused(f"{conf.smtp_port} is no port for SMTP", hint="ports go from 1 to 65535")
    _compiled(conf.state_transition)
    email = {
        "smtp-server": conf.smtp_server,
        "smtp-port": str(conf.smtp_port),
        "source-email": conf.source_email,
        "destination-emails": ",".join(conf.destination_emails),
    }
    return _section("email", email) + "\n" + _section("notify", {"state_transition": conf.state_transition})


def read(text: str) -> BrokerConf:
    """Missing keys have HA's defaults. Raises FormatError for what ConfigParser cannot read, and for references between values
    (`%(name)s`), which can make a small file endless."""
    if len(text) > LIMIT:
        raise FormatError(f"{WHAT} has {len(text)} characters, more than {LIMIT}")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text, WHAT)
    except configparser.Error as error:
        raise FormatError(f"{WHAT} cannot be read: {error}") from error

    def value(section: str, key: str, default: str) -> str:
        return _unescaped(key, parser.get(section, key, fallback=default))

    return BrokerConf(
        smtp_server=value("email", "smtp-server", "localhost"),
        smtp_port=_port(value("email", "smtp-port", "25")),
        source_email=value("email", "source-email", "root@localhost"),
        destination_emails=_split(value("email", "destination-emails", "root@localhost")),
        state_transition=value("notify", "state_transition", TRANSITIONS),
    )


def _section(name: str, values: dict[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{key}={_escaped(key, value)}\n" for key, value in values.items())


def _escaped(key: str, value: str) -> str:
    if (value and not value.isprintable()) or value != value.strip():
        raise ValueRefused(f"{value!r} cannot be {key} of {WHAT}: it is not one line without blanks at its ends")
    return value.replace("%", "%%")


def _unescaped(key: str, value: str) -> str:
    if "%" in value.replace("%%", ""):
        raise FormatError(f"{WHAT}: {key} is {value[:80]!r}, with a % that is not doubled")
    return value.replace("%%", "%")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65535):
        raise FormatError(f"{WHAT}: smtp-port is {text[:40]!r}, which is no port")
    return int(text)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _compiled(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueRefused(f"{text!r} is no regular expression: {error}") from error
