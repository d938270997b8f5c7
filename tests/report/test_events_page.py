"""Every event is documented with its fields, and what is printed is what is documented."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args, get_origin

import jsonschema
import pytest

from ovirt_hc_setup import cli
from ovirt_hc_setup.base.event_types import TYPES, VERSION, Event, Note, Planned, Status, from_json, to_json
from ovirt_hc_setup.report import events_page

DOCS = Path(__file__).resolve().parents[2] / "docs"
SOME: dict[type, Any] = {str: "text", int: 1, float: 0.5, tuple: ("a", "b"), dict: {"a": [1]}}


def example(kind: type[Event]) -> Event:
    """An event of a type, with something in each field that has no default."""
    values = {}
    for found in fields(kind):
        if found.default is MISSING:
            hint = events_page._hint(kind, found)
            values[found.name] = (
                get_args(hint)[0] if get_origin(hint) not in (tuple, dict, None) else SOME[get_origin(hint) or hint]
            )
    return kind(**values)


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails: `./ovirt-hc-setup events reference > docs/events.md`."""
    assert cli.main(["events", "reference"]) == 0
    assert capsys.readouterr().out == (DOCS / "events.md").read_text()


def test_the_page_has_every_type_with_every_field() -> None:
    page = events_page.reference()
    for kind in TYPES.values():
        section = page.partition(f"### `{kind.type}`")[2].partition("\n### ")[0]
        assert all(f"| `{found.name}` |" in section for found in fields(kind)), kind


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.type)
def test_every_event_is_as_the_schema_says_and_can_be_read_again(kind: type[Event]) -> None:
    line = to_json(example(kind))
    assert "\n" not in line
    jsonschema.Draft202012Validator(events_page.schema()).validate(json.loads(line))
    assert from_json(line) == example(kind)


def test_the_schema_takes_fields_of_a_later_program_and_no_other_version() -> None:
    schema = jsonschema.Draft202012Validator(events_page.schema())
    event = json.loads(to_json(Note(text="x")))
    schema.validate({**event, "later": 1})
    for wrong in (
        {**event, "v": VERSION + 1},
        {**event, "level": "mild"},
        {name: event[name] for name in event if name != "text"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            schema.validate(wrong)


def test_texts_are_plain_however_deep_they_are() -> None:
    for event in (Planned(resource="x", lines=("\x1b[31mred",), state="done"), Status(status={"a": [{"b": "\x1b[31mred"}]})):
        assert "\\u001b" not in to_json(event)
    assert "?" in to_json(Note(text="a name\udcff"))
