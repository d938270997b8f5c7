"""The errors an operator may see. Anything else that reaches the top is a bug of ours and shows a traceback."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 1000
"""Characters of an error about something from outside: it may quote a part of that."""


class SetupError(Exception):
    """Something went wrong that an operator can understand.

    `message` says what, with the value; `hint` how to fix it; `resource` and `host` where it happened.
    `exit_code` is the code the program ends with (design: 2 usage or answers, 3 check, 4 applying, 5 declined, 6 not deployed).
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "", resource: str = "", host: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.resource = resource
        self.host = host

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.host, self.resource) if part)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}\n  {self.hint}" if self.hint else text


class UsageError(SetupError):
    """The command line or the machine it was given on is not one we can work with."""

    exit_code = 2


class ValueRefused(UsageError):
    """A value that is not of the wanted form. Raised by `model` and `formats`, which do not know where it came from."""


class AnswerError(UsageError):
    """An answer that cannot be used; the message names key, value and origin."""


class AnswerMissing(AnswerError):
    """An answer that is needed and not there."""


class AnswersRefused(UsageError):
    """Every answer that cannot be used or is missing, all at once; of very many the first ones."""

    MOST_SHOWN = 40

    def __init__(self, errors: Sequence[SetupError]) -> None:
        missing = sum(isinstance(error, AnswerMissing) for error in errors)
        lines = [f"- {error}" for error in errors[: self.MOST_SHOWN]]
        more = [f"- and {len(errors) - self.MOST_SHOWN} more"] if len(errors) > self.MOST_SHOWN else []
        super().__init__("\n".join([f"{_counted(len(errors) - missing, missing)}:", *lines, *more]))
        self.errors = tuple(errors)


def _counted(wrong: int, missing: int) -> str:
    """`2 answers cannot be used, 1 is missing`."""
    parts = [f"{wrong} answer{'s' * (wrong > 1)} cannot be used"] if wrong else []
    answers = "" if wrong else f" answer{'s' * (missing > 1)}"
    parts += [f"{missing}{answers} {'are' if missing > 1 else 'is'} missing"] if missing else []
    return ", ".join(parts)


class FormatError(SetupError):
    """Bytes or text from outside (a file, a volume, a program) that are not in the form they have to be in. A long piece of
    them in the message is cut."""

    def __init__(self, message: str, *, hint: str = "", resource: str = "", host: str = "") -> None:
        cut = f"{message[: LONGEST // 2]} ... ({len(message)} characters) ... {message[-LONGEST // 2 :]}"
        super().__init__(message if len(message) <= LONGEST else cut, hint=hint, resource=resource, host=host)


class CheckFailed(SetupError):
    """At least one check found something that has to be mended before anything is changed."""

    exit_code = 3


class NotAnswering(SetupError):
    """A storage or a daemon that does not answer just now. It may again, so that looking once more is worth a while."""


class CommandFailed(SetupError):
    """A program ended with an error, or not in time. The message holds its last lines, secrets masked."""


class NotInstalled(CommandFailed):
    """A program or a library that a package brings is not on the host. It may be there when the packages are.

    `program`: the one that was not found, whosever it is; empty where what is missing is known to be of a deployment's packages.
    """

    program = ""


class Conflict(SetupError):
    """What is there is not ours or not what was agreed, so it is left alone."""


class Anew(SetupError):
    """What an earlier resource of the run had made is of no use any more, and is marked so: the run has to be applied again."""


class Declined(SetupError):
    """The operator said no."""

    exit_code = 5


class NotDeployed(SetupError):
    """Nothing of ours is on this host."""

    exit_code = 6


class Stopped(SetupError):
    """The operator asked the worker to stop after what it was doing."""

    exit_code = 130


class ViewLost(Exception):
    """Nobody sees any more what is said: the terminal or the pipe is gone. What is at work goes on without a view."""
