"""Answer files in either form: which one it is, and its answers."""

from __future__ import annotations

from ovirt_hc_setup.formats.answer_file import AnswerFile, read_answer_file
from ovirt_hc_setup.formats.answer_yaml import is_yaml, read_answer_yaml


def read_answers(data: bytes, name: str) -> AnswerFile:
    """Read a file called `name`, INI or YAML. Never raises: what is wrong is in `errors`."""
    return read_answer_yaml(data, name) if is_yaml(data, name) else read_answer_file(data, name)
