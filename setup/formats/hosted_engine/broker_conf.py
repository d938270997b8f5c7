"""`broker.conf`: how HA's broker tells people about state changes. INI as Python's ConfigParser reads it, `%` doubled."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import ValueRefused

WHAT = "broker.conf"
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
        raise ValueRefused(f"{conf.smtp_port} is not a port for SMTP", hint="ports go from 1 to 65535")
    _compiled(conf.state_transition)
    email = {
        "smtp-server": conf.smtp_server,
        "smtp-port": str(conf.smtp_port),
        "source-email": conf.source_email,
        "destination-emails": ",".join(conf.destination_emails),
    }
    return _section("email", email) + "\n" + _section("notify", {"state_transition": conf.state_transition})


def _section(name: str, values: dict[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{key}={_escaped(key, value)}\n" for key, value in values.items())


def _escaped(key: str, value: str) -> str:
    if (value and not value.isprintable()) or value != value.strip():
        raise ValueRefused(f"{value!r} cannot be {key} of {WHAT}: it is not one line without blanks at its ends")
    return value.replace("%", "%%")


def _compiled(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueRefused(f"{text!r} is not a regular expression: {error}") from error
