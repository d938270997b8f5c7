"""Answer files in YAML: the same keys, flat (`OVEHOSTED_VM/vmVCpus: 4`) or nested by group (`OVEHOSTED_VM: {vmVCpus: 4}`).

Only what answers need is read: one document of mappings, scalars and lists of scalars, without anchors, aliases and tags.
Scalars keep the text that stands in the file (`52:54:00:12:34:56` is no number of base 60), and the type that it has.
A section other than `environment:default`, a host's for one, may stand around the keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from ovirt_hc_setup.base.errors import FormatError, SetupError
from ovirt_hc_setup.formats.answers.answer_file import LONGEST_NAME, SECTIONS, AnswerFile, AnswerLine, decoded, is_section

MOST_EVENTS = 20_000
DEEPEST = 5
_TAG = "tag:yaml.org,2002:"
_TEXTS = ("str", "int", "float", "timestamp", "value", "merge")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")


def read_answer_yaml(data: bytes, name: str) -> AnswerFile:
    """Read a file called `name`. Never raises: what is wrong is in `errors`. Of a syntax error YAML gives only the first."""
    text = decoded(data, name)
    if isinstance(text, FormatError):
        return AnswerFile((), (text,))
    try:
        _refuse_dangerous(text, name)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except FormatError as error:
        return AnswerFile((), (error,))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name} line {mark.line + 1}" if mark else name
        return AnswerFile((), (FormatError(f"{where}: this is not YAML: {error.problem or error.context}", hint=_hint(error)),))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        odd = FormatError(f"{name}: this YAML cannot be read", hint="Check for unusual characters and escapes.")
        return AnswerFile((), (odd,))
    reader = _YamlReader(name)
    if root is not None:
        reader.document(root)
    return AnswerFile(tuple(reader.lines.values()), tuple(reader.errors), (), frozenset(reader.spoiled))


def _hint(error: yaml.MarkedYAMLError) -> str:
    tab = "\\t" in str(error.problem)
    return "Indent with blanks, not tabs." if tab else "Indent the keys of a group alike; put texts with `: ` or `#` into quotes."


def _refuse_dangerous(text: str, name: str) -> None:
    """Raises FormatError for what could make a small file large or deep. Events are read one by one, without recursion."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = f"{name} line {_number(event)}"
        if getattr(event, "anchor", None):
            raise FormatError(f"{line}: anchors and aliases (& and *) are not read in answer files", hint="Write the value out.")
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        if depth > DEEPEST:
            hint = "Write GROUP/name: value, or the names below their group. An inventory of Ansible is no answer file."
            raise FormatError(f"{line}: nested too deeply", hint=hint)
        if number > MOST_EVENTS:
            raise FormatError(f"{line}: more than {MOST_EVENTS // 2} values: this is not an answer file")


class _YamlReader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[tuple[str, str], AnswerLine] = {}
        self.errors: list[SetupError] = []
        self.spoiled: set[str] = set()

    def document(self, root: yaml.Node) -> None:
        if isinstance(root, yaml.MappingNode):
            for key, value in self._pairs(root):
                if is_section(key) and isinstance(value, yaml.MappingNode):
                    self._group(key, "", value)
                else:
                    self._value(SECTIONS[0], key, value)
        elif not _is_nothing(root):
            self._wrong(root, "answers are a mapping", "Write KEY: value, one a line.")

    def _wrong(self, node: yaml.Node, what: str, hint: str) -> None:
        self.errors.append(FormatError(f"{self.name} line {_number(node)}: {what}", hint=hint))

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value and key.value.isprintable() and len(key.value) <= LONGEST_NAME:
                yield key.value.strip(), value
            else:
                self._wrong(key, "this is not a key", "Write KEY: value, with a key such as OVEHOSTED_NETWORK/fqdn.")

    def _group(self, section: str, prefix: str, node: yaml.MappingNode) -> None:
        for key, value in self._pairs(node):
            self._value(section, f"{prefix}{key}", value)

    def _value(self, section: str, key: str, node: yaml.Node) -> None:
        if not isinstance(node, yaml.ScalarNode) and node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            self._tagged(key, node)
        elif isinstance(node, yaml.MappingNode):
            self._group(section, f"{key}/", node)
        elif not (_is_nothing(node) and "/" not in key):  # a group of which everything is commented out is nothing
            self._answer(section, key, node)

    def _answer(self, section: str, key: str, node: yaml.Node) -> None:
        number = _number(node)
        if (before := self.lines.get((section, key))) is not None:
            self._wrong(node, f"{key} is already in line {before.number}", "Keep one of them.")
            return
        kind, text = self._list(key, node) if isinstance(node, yaml.SequenceNode) else self._scalar(key, node)
        if kind:
            self.lines[section, key] = AnswerLine(section, key, kind, text, number)
        else:
            self.spoiled.add(key)

    def _list(self, key: str, node: yaml.SequenceNode) -> tuple[str, str]:
        items = [self._scalar(key, item) if isinstance(item, yaml.ScalarNode) else ("", None) for item in node.value]
        if all(kind for kind, _ in items) and not any(text is None or "\n" in text for _, text in items):
            return "multi-str", "\n".join(text or "" for _, text in items)
        self._wrong(node, f"the list of {key} has to hold texts or numbers, each of one line", "Write - value for each.")
        return "", ""

    def _scalar(self, key: str, node: yaml.Node) -> tuple[str, str | None]:
        """Type of TYPES and text; the type is empty when it is wrong."""
        tag, text = node.tag.removeprefix(_TAG), str(node.value)
        if any(0xD800 <= ord(character) < 0xE000 for character in text):
            self._wrong(node, f"the value of {key} holds half a character", "Write the character itself, not its escapes.")
        elif tag == "null":
            return "none", None
        elif tag == "bool":
            return "bool", text
        elif tag in _TEXTS:
            plain_int = tag == "int" and _INT.fullmatch(text)
            return ("int" if plain_int else "str"), text
        else:
            self._tagged(key, node)
        return "", ""

    def _tagged(self, key: str, node: yaml.Node) -> None:
        self._wrong(node, f"the value of {key} has a tag that is not read in answer files", "Remove the word after the !.")


def _number(found: yaml.Node | yaml.Event) -> int:
    return found.start_mark.line + 1 if found.start_mark is not None else 0


def _is_nothing(node: yaml.Node) -> bool:
    return bool(node.tag == f"{_TAG}null")
