"""MailAddress and MailAddresses: who sends notifications, and who gets them. Judged by their form only."""

from __future__ import annotations

import re
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun
from ovirt_hc_setup.model.server_name import ServerName

# RFC 5321 4.1.2, without quoted local parts, which nobody has.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")


class MailAddress(Noun):
    """`admin@example.com`; `root@localhost` is one too."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        local, _, host = text.strip().rpartition("@")
        if not _LOCAL.fullmatch(local):
            raise ValueRefused(f"{text!r} is not a mail address", hint="Give one like admin@example.com.")
        return cls._of(f"{local}@{ServerName.parse(host)}")


class MailAddresses(Noun):
    """One or more, with commas between them."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        return cls._of(",".join(str(MailAddress.parse(part)) for part in text.split(",")))
