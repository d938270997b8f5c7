"""A JSON Schema (2020-12) of answer files in YAML, for editors and for whoever writes such files by program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup.dialog.declared import Declared
from ovirt_hc_setup.formats.answers.answer_file import OF_HOST, SECTIONS
from ovirt_hc_setup.formats.answers.known_keys import KNOWN
from ovirt_hc_setup.formats.answers.typed_value import NO, YES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": ["string", "number"]}


def schema(every: Sequence[Declared]) -> dict[str, Any]:
    """Keys flat or nested by their group, at the top or inside of a section."""
    values = {name: {"description": f"of oVirt ({known.help}); kept, without effect"} for name, known in KNOWN.items()}
    for one in every:
        values[one.key.name] = _value(one)
        values |= {alias: {"description": f"an old name of {one.key.name}"} for alias in one.key.aliases}
    answers = _answers(values, every)
    sections = {section: {"$ref": "#/$defs/answers"} for section in SECTIONS}
    hosts = [one for one in every if one.key.whose != "cluster"]
    of_host = _answers({one.key.name: _value(one) for one in hosts}, hosts)
    patterns = {**answers["patternProperties"], f"^{OF_HOST}.+$": {"$ref": "#/$defs/host"}}
    whole = {**answers, "properties": {**answers["properties"], **sections}, "patternProperties": patterns}
    title = "Answers for ovirt-hc-setup"
    return {"$schema": DIALECT, "title": title, **whole, "$defs": {"answers": answers, "host": of_host}}


def _answers(values: dict[str, Any], every: Sequence[Declared]) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    for name, value in values.items():
        group, _, rest = name.partition("/")
        groups.setdefault(group, {})[rest] = value
    group_of: dict[str, Any] = {"type": ["object", "null"], "additionalProperties": False}
    nested = {group: {**group_of, "properties": members} for group, members in groups.items()}
    added = [f"{word}:{one.key.name}" for one in every if one.key.separator for word in ("APPEND", "PREPEND")]
    additions = {name: {**_TEXT, "description": "adds to the list"} for name in added}
    return {
        "type": "object",
        "properties": {**nested, **values, **additions, "QUESTION": {"type": "object"}},
        "patternProperties": {r"^(QUESTION|NETWORK_FIREWALLD_SERVICE|OVESETUP_[A-Z_]+|OSETUP_[A-Z_]+)(/.*)?$": {}},
        "additionalProperties": False,
    }


def _value(one: Declared) -> dict[str, Any]:
    key = one.key
    ways = [*_ways(one), {"type": "null"}]
    if key.optional:
        ways.append({"const": False})
    if key.separator:
        ways.append({"type": "array", "items": _TEXT})
    description = f"{key.help}. {one.type[0].upper()}{one.type[1:]}. Default: {one.default}."
    found: dict[str, Any] = {"description": description, "anyOf": ways}
    if key.secret:
        found["writeOnly"] = True
    elif key.default is not None:
        found["default"] = _plain(one)
    if key.example and not key.secret:
        found["examples"] = [key.example]
    return found


def _ways(one: Declared) -> list[dict[str, Any]]:
    key = one.key
    if key.kind == "bool":
        return [{"type": "boolean"}, {"enum": sorted(YES | NO)}]
    if key.kind == "int":
        limits = {name: limit for name, limit in (("minimum", key.least), ("maximum", key.most)) if limit is not None}
        return [{"type": "integer", **limits}, {"type": "string", "pattern": r"^\s*[-+]?[0-9]+\s*$"}]
    if key.choices:
        return [{"enum": list(key.choices)}]
    return [{"type": "string", "format": "uuid"}] if key.form == "UUID" else [_TEXT]


def _plain(one: Declared) -> Any:
    default = one.key.default
    return default if isinstance(default, (bool, int)) else one.key.text(default)
