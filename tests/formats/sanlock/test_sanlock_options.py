"""The options of sanlock's daemon: the watchdog that a package switches off, and nothing else, is taken out of them."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.formats.sanlock.sanlock_options import switches_watchdog_off, with_watchdog

DEBIAN_12 = '# Options for sanlock\nsanlock_opts="-w 0"\n'


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (DEBIAN_12, '# Options for sanlock\nsanlock_opts=""\n'),
        ('sanlock_opts="-w 0 -h 0 -l 0"\n', 'sanlock_opts="-h 0 -l 0"\n'),
        ('sanlock_opts="-h 0 -w0"\n', 'sanlock_opts="-h 0 "\n'),
        ("sanlock_opts='-w 0'\n", "sanlock_opts=''\n"),
        ("SANLOCKOPTS=-w 0", "SANLOCKOPTS="),
    ],
)
def test_the_option_that_switches_it_off_goes_and_the_others_stay(text: str, mended: str) -> None:
    assert switches_watchdog_off(text)
    assert with_watchdog(text) == mended
    assert not switches_watchdog_off(mended)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'sanlock_opts=""\n',
        'sanlock_opts="-w 1"\n',
        '#sanlock_opts="-w 0"\n',
        'sanlock_opts="-G x-w 0y"\n',
        'sanlock_opts="-w 05"\n',
        'sanlock_opts="-w 0"\nsanlock_opts="-h 0"\n',
        'other="-w 0"\n',
    ],
)
def test_what_does_not_switch_it_off_is_told_from_what_does(text: str) -> None:
    assert not switches_watchdog_off(text)
