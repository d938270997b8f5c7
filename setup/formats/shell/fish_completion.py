"""Completions for fish 3.0 and later."""

from __future__ import annotations

from collections.abc import Iterator

from ovirt_hc_setup.formats.shell.command_tree import AnswerWord, Command, CompletionWords, Option, Value

SCRIPT = r"""# fish completion for %PROGRAM%, written by `%PROGRAM% completion fish`

set -g __%FUNCTION%_keys %KEYS%
set -g __%FUNCTION%_commands %COMMANDS%
set -g __%FUNCTION%_takes %TAKES%

# Whether the words so far lead to exactly this command.
function __%FUNCTION%_at
    set -l path
    set -l waiting 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $waiting -eq 1
            set waiting 0
        else if contains -- $word $__%FUNCTION%_takes
            set waiting 1
        else if contains -- (string join ' ' -- $path $word) $__%FUNCTION%_commands
            set path $path $word
        end
    end
    test "$path" = "$argv"
end

function __%FUNCTION%_secret -a key value
    if string match -q 'file:*' -- $value
        printf '%s\n' $key=file:(__fish_complete_path (string replace file: '' -- $value))
    else
        printf '%s\n' $key=file: $key=env:
    end
end

# KEY= for every key, and after it what the answer can be.
function __%FUNCTION%_answers
    set -l token (string replace -r '^--[a-z-]+=' '' -- (commandline -ct))
    set -l key (string split -m 1 = -- $token)[1]
    if test "$key" = "$token"
        printf '%s=\n' $__%FUNCTION%_keys
        return
    end
    set -l value (string split -m 1 = -- $token)[2]
    switch $key
%ANSWERS%
    end
end

complete -c %PROGRAM% -f
%TREE%
"""


def script(program: str, tree: Command, vocabulary: CompletionWords) -> str:
    """The whole script."""
    function = program.replace("-", "_")
    every = list(tree.every())
    kinds = [(answer.key, _kind_of_answer(answer)) for answer in vocabulary.answers]
    parts = {
        "KEYS": " ".join(answer.key for answer in vocabulary.answers),
        "COMMANDS": " ".join(_quoted(" ".join(command.path)) for command in every if command.path),
        "TAKES": " ".join(
            sorted({name for command in every for option in command.options if option.value for name in option.names})
        ),
        "ANSWERS": "\n".join(f"        case {key}\n            {kind}" for key, kind in kinds if kind),
        "TREE": "\n".join(line for command in every for line in _lines(command, function, vocabulary)),
        "FUNCTION": function,
        "PROGRAM": program,
    }
    text = SCRIPT
    for name, part in parts.items():
        text = text.replace(f"%{name}%", part)
    return text


def _lines(command: Command, function: str, vocabulary: CompletionWords) -> Iterator[str]:
    begin = "complete -c %PROGRAM% -n " + _quoted(" ".join((f"__{function}_at", *command.path)))
    for below in command.commands:
        yield f"{begin} -a {below.path[-1]} -d {_quoted(below.about)}"
    for option in command.options:
        yield f"{begin} {_option(option, function, vocabulary)}"
    for argument in command.arguments:
        if words := _words(argument.value, function, vocabulary):
            yield f"{begin} {words}"


def _option(option: Option, function: str, vocabulary: CompletionWords) -> str:
    parts = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.value is not None:
        parts += [_words(option.value, function, vocabulary), "-r" if option.value.kind == "file" else "-x"]
    return " ".join([*(part for part in parts if part), f"-d {_quoted(option.help)}"])


def _words(value: Value, function: str, vocabulary: CompletionWords) -> str:
    if value.kind == "file":
        return "-F"
    words = vocabulary.lab_hosts if value.kind == "lab-host" else value.choices
    lists = {"host": "(__fish_print_hostnames)", "key": f"$__{function}_keys", "answer": f"(__{function}_answers)"}
    lists |= {"run": "(ls /var/lib/ovirt-hc-setup/runs 2>/dev/null)"}
    found = " ".join(words) or lists.get(value.kind, "")
    return f"-a {_quoted(found)}" if found else ""


def _kind_of_answer(answer: AnswerWord) -> str:
    if answer.secret:
        return "__%FUNCTION%_secret $key $value"
    if answer.file:
        return "printf '%s\\n' $key=(__fish_complete_path $value)"
    return f"printf '%s\\n' $key={{{','.join(answer.values)}}}" if answer.values else ""


def _quoted(text: str) -> str:
    """For fish, which knows no other escapes in single quotes than these two."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
