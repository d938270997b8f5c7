"""What `tests/run` says of itself, and the order in which files are run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.conftest import longest_first

PROGRAM = Path(__file__).with_name("run")
RUN = runpy.run_path(str(PROGRAM), run_name="run")

REPORT = """<testsuites><testsuite>
<testcase file="tests/lab/test_a.py" time="1.5"/><testcase file="tests/lab/test_b.py" time="2"/>
<testcase file="tests/lab/test_a.py" time="3"/>
</testsuite></testsuites>"""


def test_files_that_are_run_first_are_there() -> None:
    assert [path for path in longest_first() if not path.is_file()] == []


def test_every_part_has_its_minutes_and_together_they_are_fewer_than_all_may_take() -> None:
    assert tuple(RUN["BUDGET"]) == RUN["PARTS"] + RUN["LONG"]
    assert sum(RUN["BUDGET"][part] for part in RUN["PARTS"]) < RUN["MOST"]


def test_the_table_shows_minutes_beside_those_of_the_budget() -> None:
    took = {"lint": 30.0, "pure": 66.0, "lab": 600.0, "own": 300.0, "rehearsal": 1200.0}
    assert RUN["table"](took).splitlines()[-4:] == [
        "lab           10.0      15",
        "own            5.0      12",
        "rehearsal     20.0      12",
        "together      36.6      70",
    ]
    assert "together" not in RUN["table"]({"lint": 30.0})


def test_a_part_that_is_named_alone_is_not_counted_with_the_others() -> None:
    took = dict.fromkeys(RUN["PARTS"], 60.0) | {"power": 3000.0}
    assert RUN["table"](took).splitlines()[-2:] == ["power         50.0      60", "together       5.0      70"]


def test_what_is_run_without_words_is_not_the_long_part() -> None:
    assert not set(RUN["LONG"]) & set(RUN["PARTS"])
    assert all(f"not {part}" in RUN["PURE"] for part in RUN["ON_HOSTS"])


def test_the_longest_files_are_read_from_the_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert RUN["longest"](report) == [("tests/lab/test_a.py", 4.5), ("tests/lab/test_b.py", 2.0)]
    assert RUN["longest"](tmp_path / "none.xml") == []


@pytest.mark.parametrize("word", ["labs", "quicker"])
def test_a_word_that_is_no_part_is_refused(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["tests/run", word])
    with pytest.raises(SystemExit, match=f"there is no part and no file '{word}'"):
        RUN["main"]()
