"""What `--output jsonl` prints, in Markdown and as a JSON Schema (2020-12), written from the events themselves."""

from __future__ import annotations

import types
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from ovirt_hc_setup.base.event_types import TYPES, VERSION, Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OPENING = f"""# Events

What `--output jsonl` prints: one event a line, one JSON object an event, nothing else. A run folder keeps the same lines in
`events.jsonl`. This page is written by `ovirt-hc-setup events reference > docs/events.md`; `ovirt-hc-setup events schema`
prints a JSON Schema of a line.

```
ovirt-hc-setup deploy --unattended --answers site.conf --output jsonl | jq -r 'select(.type == "resource-ended") | .resource'
```

## What a reader can rely on

This is version {VERSION} of the vocabulary; every line has the number in `v`.

- **Without a new number** may come: new types of events, new fields, new checks and resources, new words where this page does
  not list all of them, other texts for people. So a reader skips types and fields that it does not know.
- **With a new number** only: a type or a field goes, gets another name, another type or another meaning, or a listed word does.
- Every field of this page is there in every event of its type. Texts have no terminal escapes in them, and no secrets.
- The last line of every command is `ended`, with the exit code, also after a wrong command line. When it is missing, the
  program was killed; a run that it had started goes on, and `--attach` shows it again.
- Nobody is asked anything: give `--unattended` with answers. (A program that wants to answer questions speaks
  [the machine dialect](machines.md).)
- `rehearse` passes on the events of the deployment inside, whose `ended` is then not the last line.
- With several hosts, events of one host are in order, and those of different hosts mixed; `host` says whose they are.
- What people may want to see is on standard error as well: the last error, and the traceback of a bug.
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([OPENING, "## Types\n", *(_page(kind) for kind in TYPES.values())])


def schema() -> dict[str, Any]:
    """Of one line. Unknown fields are allowed, as a reader has to allow them."""
    kinds = [_schema(kind) for kind in TYPES.values()]
    return {"$schema": DIALECT, "title": f"An event of ovirt-hc-setup, version {VERSION}", "oneOf": kinds}


def _page(kind: type[Event]) -> str:
    rows = [f"| `{found.name}` | {_words(_hint(kind, found))} | {_about(kind, found)} |" for found in _fields(kind)]
    head = [f"### `{kind.type}`\n", f"{(kind.__doc__ or '').strip()}\n", "| Field | Type | What it is |", "| --- | --- | --- |"]
    return "\n".join([*head, f"| `v`, `type` | number, text | {VERSION}, `{kind.type}` |", *rows]) + "\n"


def _schema(kind: type[Event]) -> dict[str, Any]:
    own = {
        found.name: {**_json_type(_hint(kind, found)), "description": _about(kind, found), **_default(found)}
        for found in _fields(kind)
    }
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip(),
        "properties": {"v": {"const": VERSION}, "type": {"const": kind.type}, **own},
        "required": ["v", "type", *own],
    }


def _fields(kind: type[Event]) -> list[Field[Any]]:
    """Its own fields before those that all events have."""
    common = {found.name for found in fields(Event)}
    return sorted(fields(kind), key=lambda found: found.name in common)


def _hint(kind: type[Event], found: Field[Any]) -> Any:
    hint = get_type_hints(kind, include_extras=True)[found.name]
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _about(kind: type[Event], found: Field[Any]) -> str:
    return str(get_type_hints(kind, include_extras=True)[found.name].__metadata__[0])


def _default(found: Field[Any]) -> dict[str, Any]:
    if found.default is MISSING:
        return {}
    return {"default": list(found.default) if isinstance(found.default, tuple) else found.default}


def _words(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(hint))
    return {str: "text", int: "whole number", float: "number", tuple: "list of texts", dict: "object"}[_plain(hint)]


def _json_type(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if _plain(hint) is tuple:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": {str: "string", int: "integer", float: "number", dict: "object"}[_plain(hint)]}


def _plain(hint: Any) -> type:
    return get_origin(hint) if isinstance(hint, types.GenericAlias) else hint
