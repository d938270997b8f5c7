"""Answer files in either form: which one it is, and its answers."""

from __future__ import annotations

import re

from ovirt_hc_setup.formats.answers.answer_file import AnswerFile, read_answer_file

_INI_LINE = re.compile(r"[^\s:=]+\s*=|\[environment:|\[host:|APPEND:|PREPEND:")


def is_yaml(data: bytes, name: str) -> bool:
    """By the ending of the name, and otherwise by the first line that says something: INI begins with `[` or `KEY=`."""
    if name.endswith((".yaml", ".yml")):
        return True
    for line in data.decode("utf-8-sig", "replace").splitlines():
        if line.strip() and line.strip()[0] not in "#;":
            return not _INI_LINE.match(line.strip()) and bool(re.match(r"---|%YAML|\{|[^=]*:(\s|$)", line.strip()))
    return False


def read_answers(data: bytes, name: str) -> AnswerFile:
    """Read a file called `name`, INI or YAML. Never raises: what is wrong is in `errors`."""
    if not is_yaml(data, name):
        return read_answer_file(data, name)
    from ovirt_hc_setup.formats.answers.answer_yaml import read_answer_yaml  # here, because who is asked does not wait for YAML

    return read_answer_yaml(data, name)
