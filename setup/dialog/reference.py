"""The page about every key, in Markdown, written from the declarations."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup.dialog.declared import NOT_ASKED, Declared
from ovirt_hc_setup.dialog.explaining import PRECEDENCE
from ovirt_hc_setup.formats.answers.answer_file import SECTIONS
from ovirt_hc_setup.formats.answers.known_keys import KNOWN

OPENING = f"""# Answers

Every answer that `ovirt-hc-setup` knows. This page is written by `ovirt-hc-setup answers reference > docs/answers.md`.

A value is taken from the first of: {PRECEDENCE}.

## Files

Answer files of `hosted-engine --deploy` are read as they are: `KEY=type:text`, with the types `str`, `int`, `bool`, `none` and
`multi-str` (further items on indented lines), in the sections {', '.join(f'`[{section}]`' for section in SECTIONS)}.
Beside `site.conf` the files `site.conf.d/*.conf` (and `*.yaml`, `*.yml`) are read, sorted. Lines that begin with `#` or `;`
are comments.

```
[environment:default]
OVEHOSTED_VM/vmMemSizeMB=int:16384
OVEHOSTED_VM/cloudinitVMStaticCIDR=str:192.168.1.50/24
OVEHOSTED_VM/cloudinitVMDNS=multi-str:192.168.1.1
 192.168.1.2
APPEND:HC_CORE/skipChecks=str:network.fqdn-reverse
```

The same in YAML (a name that ends in `.yaml` or `.yml`, or a text that looks like it); keys are nested by group or flat. Anchors,
aliases and tags are not read, and a key that stands twice is refused. Put texts such as `no` into quotes.

```yaml
OVEHOSTED_VM:
  vmMemSizeMB: 16384
  cloudinitVMStaticCIDR: 192.168.1.50/24
  cloudinitVMDNS: [192.168.1.1, 192.168.1.2]
APPEND:HC_CORE/skipChecks: network.fqdn-reverse
```

What is one host's stands in a section of its own, after the others (in YAML under `host:NAME:`), or is given as
`--set NAME:KEY=VALUE`; NAME is the name or address by which the host joins, or its first label. Such a value counts more than
one for all hosts of the same rank. For this host its own section counts; those of others go to them when they join. Only keys
that say so below may stand there, each once.

```
[host:host3.example.com]
OVEHOSTED_NETWORK/bridgeIf=str:bond0
APPEND:HC_CORE/skipChecks=str:network.gateway
```

- A number may be given as a text and a text as a number. A `bool` is yes or no in any of the usual words; anything else is
  an error (to `hosted-engine --deploy`, `no` was true). `none:None` means: no answer here; `False` for a key that may
  be none means none.
- An empty value (`KEY=str:`, also `str:none:None` and `str:None`) means: not given. Where there may be none (DNS servers, a
  static address, an SSH key, mount options, root's password) it means none, and nobody is asked.
- `APPEND:KEY` and `PREPEND:KEY` add to a list.
- `QUESTION/1/DIALOG` answers a question by the name of its dialog in `hosted-engine --deploy`. A key counts more.
- A secret may be given as `file:PATH` or `env:NAME`; on the command line it may not be given otherwise. `--ask-secrets` asks for
  secrets although everything else is unattended. Secrets are never written down again, and `--save-answers` leaves out the ids
  that were drawn, so that two deployments from one file are not the same (`--with-ids` writes them).
- Keys of oVirt that this program has no use for are kept (`--save-answers` writes them again) and said; a warning tells of
  values that ask for what it does not do. Any other key is an error that offers a name where one fits.
- The `he_*` variables of Ansible's role `hosted_engine_setup` are read too, in YAML or JSON: each answers its key, which counts
  more. Files for other roles (`gluster_*`, `hc_nodes`) are refused as such.
- A file has at most 1 MiB and a value 4096 characters. Devices, folders and named pipes are not read; `<(command)` is.
- Everything that is wrong is said at once, with file and line, before anything starts.
"""


def reference(every: Sequence[Declared]) -> str:
    """The whole page."""
    parts = [OPENING, "## Keys\n"]
    for title in sorted({one.section: None for one in every}, key=NOT_ASKED.__eq__):
        parts += [f"### {title.capitalize()}\n", *(_key(one) for one in every if one.section == title)]
    parts.append(_kept(every))
    return "\n".join(parts)


def _key(one: Declared) -> str:
    key, question = one.key, one.question
    lines = [f"**`{key.name}`**: {_escaped(key.help)}", ""]
    if question is not None:
        dialog = f" (dialog `{question.dialog}`)" if question.dialog else ""
        lines.append(f"- Asked: {_escaped(question.prompt)}{dialog}. {_escaped(question.why)}".rstrip())
    lines.append(f"- Type: {_escaped(one.type)}. Default: {_escaped(one.default)}.")
    lines += [f"- {_escaped(one.whose)}"] if one.whose else []
    if key.example:
        lines.append(f"- Example: `{key.name}={key.kind}:{key.example}`")
    if key.aliases:
        lines.append(f"- Old names: {', '.join(f'`{alias}`' for alias in key.aliases)}")
    lines.append(f"- Since {one.since}.")
    return "\n".join(lines) + "\n"


def _kept(every: Sequence[Declared]) -> str:
    ours = {name for one in every for name in (one.key.name, *one.key.aliases)}
    rows = [
        f"| `{name}` | {known.help} | {', '.join(f'`{word}`' for word in known.agrees)} |"
        for name, known in sorted(KNOWN.items())
        if name not in ours
    ]
    head = ["## Keys of oVirt that are kept", "", "| Key | What it is | Another value is warned of |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
