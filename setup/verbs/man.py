"""`man`: the manual page, written from the same parsers as the help. Needs neither root nor the host."""

from __future__ import annotations

import argparse
import sys

from ovirt_hc_setup import __version__
from ovirt_hc_setup.commandline.ending import PROGRAM
from ovirt_hc_setup.formats.shell.command_tree import read
from ovirt_hc_setup.formats.shell.man_page import ManPage, page
from ovirt_hc_setup.verbs.every_verb import parser_of

DATE = "2026-11-21"
"""Of the last change to the texts below: the page says the same wherever and whenever it is written."""

TEXTS = ManPage(
    section=8,
    purpose="deploy an oVirt hosted engine on GlusterFS storage",
    description="""\
On the first of three servers it asks a few questions, or reads the answers from a file, checks everything before it changes
anything, shows a plan, and on Yes deploys an oVirt hosted engine on a replica-3 GlusterFS volume. Further hosts join by what lies
on that storage then.

What was begun goes on with the same command after a kill, a broken connection or a restart, at the step that was not done. Other
answers are taken then where nothing was made of the old ones yet.
The work is done by a transient systemd unit, so that the terminal may go away: deploy --attach shows it again.
What is not wanted any more is taken back by reset.

An answer is taken from the first of: the section environment:enforce of an answer file, --set, environment:override,
environment:init, environment:default (of several files the last), the run that is resumed, what is typed or detected, the
default. `ovirt-hc-setup answers keys` lists the keys, `answers explain KEY` tells of one.""",
    files={
        "/var/lib/ovirt-hc-setup/runs/": "one folder per run: answers without secrets, plan, journal, events, backups",
        "/var/lib/ovirt-hc-setup/drafts/": "answers that were typed and not yet confirmed, without secrets",
        "/run/ovirt-hc-setup/": "the secrets of runs that are not finished; gone after a restart",
        "/etc/ovirt-hosted-engine/hosted-engine.conf": "what this host knows about its deployment",
        "/root/.ssh/known_hosts, /etc/ssh/ssh_known_hosts": "the keys of other hosts",
        "FILE.d/*.conf, *.yaml, *.yml": "read with the answer file FILE, sorted",
    },
    environment={
        "NO_COLOR": "no colours",
        "TERM": "dumb: plain lines, as with --output plain",
        "OVIRT_HC_LAB": "the name of the lab that the verb lab speaks of",
    },
    exit_status={
        "0": "done",
        "1": "a bug in ovirt-hc-setup; it shows a traceback",
        "2": "wrong usage or wrong answers",
        "3": "a check failed; engine health: the engine is not up",
        "4": "something failed; status: a part could not be read",
        "5": "not confirmed",
        "6": "nothing is deployed here",
        "130": "interrupted",
    },
    see_also=("gluster(8)", "sanlock(8)", "virsh(1)", "systemctl(1)", "journalctl(1)", "hosted-engine(8)"),
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    subparsers.add_parser(
        "man",
        help="print the manual page",
        description="Print the manual page, in the form that man reads.",
        epilog="examples:\n  ovirt-hc-setup man | man -l -\n  ovirt-hc-setup man > /usr/local/share/man/man8/ovirt-hc-setup.8",
    )


def run(args: argparse.Namespace) -> int:
    sys.stdout.write(page(PROGRAM, __version__, DATE, read(parser_of()), TEXTS))
    return 0
