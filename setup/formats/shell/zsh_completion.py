"""A completion function for zsh's own completion system (compsys), for a file of `$fpath` and for `source` alike."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ovirt_hc_setup.formats.shell.command_tree import AnswerWord, Command, CompletionWords, Option, Value

SCRIPT = r"""#compdef %PROGRAM%
# zsh completion for %PROGRAM%, written by `%PROGRAM% completion zsh`

_%FUNCTION%_keys() {
    local -a keys=(%KEYS%)
    compadd "$@" -a keys
}

_%FUNCTION%_secret() {
    if compset -P 'file:'; then
        _files
    else
        compadd -S '' file: env:
    fi
}

_%FUNCTION%_answer() {
    local key=${PREFIX%%%%=*}
    if ! compset -P '*='; then
        _%FUNCTION%_keys -S =
        return
    fi
    case $key in
%ANSWERS%
    esac
}

%TREE%

if [[ $funcstack[1] == _%PROGRAM% ]]; then
    _%FUNCTION% "$@"
else
    compdef _%FUNCTION% %PROGRAM%
fi
"""


RUNS = "_files -W /var/lib/ovirt-hc-setup/runs"


def script(program: str, tree: Command, vocabulary: CompletionWords) -> str:
    """The whole script."""
    function = program.replace("-", "_")
    kinds = [(answer.key, _kind_of_answer(answer, function)) for answer in vocabulary.answers]
    parts = {
        "TREE": "\n\n".join(_branch(command, function, vocabulary) for command in tree.every()),
        "ANSWERS": "\n".join(f"        {key}) {kind} ;;" for key, kind in kinds if kind),
        "KEYS": " ".join(answer.key for answer in vocabulary.answers),
        "FUNCTION": function,
        "PROGRAM": program,
    }
    text = SCRIPT
    for name, part in parts.items():
        text = text.replace(f"%{name}%", part)
    return text.replace("%%", "%")


def _branch(command: Command, function: str, vocabulary: CompletionWords) -> str:
    name = "_".join((f"_{function}", *(word.replace("-", "_") for word in command.path)))
    specs = [_option(option, function, vocabulary) for option in command.options]
    if not command.commands:
        for number, argument in enumerate(command.arguments, 1):
            place = "*" if argument.value.several else str(number)
            specs.append(f"{place}:{_plain(argument.value.metavar)}:{_action(argument.value, function, vocabulary)}")
        return _function(name, ["_arguments -s -S " + " ".join(shlex.quote(spec) for spec in specs)])
    specs += ["1: :->command", "*:: :->rest"]
    words = " ".join(shlex.quote(f"{_plain(below.path[-1])}:{below.about}") for below in command.commands)
    lines = [
        "local context state state_descr line",
        "local -A opt_args",
        f"local -a commands=({words})",
        "_arguments -C -s -S " + " ".join(shlex.quote(spec) for spec in specs) + " && return",
        "case $state in",
        "    command) _describe -t commands command commands ;;",
        f"    rest) (( $+functions[{name}_${{words[1]//-/_}}] )) && {name}_${{words[1]//-/_}} ;;",
        "esac",
    ]
    return _function(name, lines)


def _function(name: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{name}() {{", *(f"    {line}" for line in lines), "}"])


def _option(option: Option, function: str, vocabulary: CompletionWords) -> str:
    """One spec for each option: the shorter of several names stand in the help only."""
    told = f"[{_bracketed(option.help)}]"
    names = option.names[-1] if option.value is None else f"{option.names[0]}="
    several = "*" if option.repeatable else ""
    if option.value is None:
        return f"{several}{names}{told}"
    return f"{several}{names}{told}:{_plain(option.value.metavar)}:{_action(option.value, function, vocabulary)}"


def _action(value: Value, function: str, vocabulary: CompletionWords) -> str:
    words = vocabulary.lab_hosts if value.kind == "lab-host" else value.choices
    if words:
        return f"({' '.join(words)})"
    actions = {"file": "_files", "host": "_hosts", "key": f"_{function}_keys", "answer": f"_{function}_answer", "run": RUNS}
    return actions.get(value.kind, " ")


def _kind_of_answer(answer: AnswerWord, function: str) -> str:
    if answer.secret:
        return f"_{function}_secret"
    return "_files" if answer.file else f"compadd {' '.join(answer.values)}" if answer.values else ""


def _plain(text: str) -> str:
    return text.replace(":", "\\:")


def _bracketed(text: str) -> str:
    for special in ("\\", "[", "]", ":"):
        text = text.replace(special, f"\\{special}")
    return text
