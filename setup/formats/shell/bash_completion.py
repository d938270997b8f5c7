"""A completion script for bash 4.2 and later. It needs no bash-completion package.

bash cuts words at `=` and `:` (COMP_WORDBREAKS); they are joined first, and what stands before the last of these is taken off the
words that are offered.
"""

from __future__ import annotations

import shlex

from ovirt_hc_setup.formats.shell.command_tree import AnswerWord, Command, CompletionWords, Value

SCRIPT = r"""# bash completion for %PROGRAM%, written by `%PROGRAM% completion bash`

# What can follow the words of a command, into the variables of the caller.
_%FUNCTION%_at() {
    case $1 in
%TREE%
    esac
}

# The kind of an answer's value, or all its values.
_%FUNCTION%_answer() {
    case $1 in
%ANSWERS%
    esac
}

# Offer words of the kind $1 that begin with $fits.
_%FUNCTION%_offer() {
    case $1 in
        @text | '') ;;
        @file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$fits") ;;
        @host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$fits") ;;
        @lab-host) mapfile -t COMPREPLY < <(compgen -W "%LAB_HOSTS%" -- "$fits") ;;
        @run) mapfile -t COMPREPLY < <(compgen -W "$(ls /var/lib/ovirt-hc-setup/runs 2>/dev/null)" -- "$fits") ;;
        @key) mapfile -t COMPREPLY < <(compgen -W "$keys" -- "$fits") ;;
        @answer)
            local key=${fits%%=*}
            if [[ $fits == *=* ]]; then
                fits=${fits#*=}
                _%FUNCTION%_offer "$(_%FUNCTION%_answer "$key")"
            else
                compopt -o nospace
                mapfile -t COMPREPLY < <(compgen -S = -W "$keys" -- "$fits")
            fi ;;
        @secret)
            if [[ $fits == file:* ]]; then
                fits=${fits#file:}
                _%FUNCTION%_offer @file
            else
                compopt -o nospace
                mapfile -t COMPREPLY < <(compgen -W "file: env:" -- "$fits")
            fi ;;
        *) mapfile -t COMPREPLY < <(compgen -W "${1//,/ }" -- "$fits") ;;
    esac
}

_%FUNCTION%() {
    local keys="%KEYS%"
    local words=() word joined= path= waiting= kind= commands options takes arguments
    local -i place=0 number=0
    COMPREPLY=()
    # bash has cut the words at = and : (COMP_WORDBREAKS).
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ( $word == [=:]* || $joined ) && ${#words[@]} -gt 0 ]]; then words[-1]+=$word; else words+=("$word"); fi
        [[ $word == *[=:] ]] && joined=1 || joined=
    done
    local current=${words[-1]}
    unset 'words[-1]'
    _%FUNCTION%_at ''
    for word in "${words[@]}"; do
        if [[ $waiting ]]; then
            waiting=
        elif [[ $word == -* ]]; then
            [[ " $takes" == *" $word="* ]] && waiting=$word
        elif [[ " $commands " == *" $word "* ]]; then
            path+="${path:+ }$word"
            _%FUNCTION%_at "$path"
        else
            place+=1
        fi
    done
    local fits=$current
    if [[ ! $waiting && $current == --*=* ]]; then
        waiting=${current%%=*} fits=${current#*=}
    fi
    if [[ $waiting ]]; then
        for word in $takes; do
            [[ $word == "$waiting="* ]] && kind=${word#*=}
        done
    elif [[ $current == -* ]]; then
        kind=${options// /,}
    elif [[ $commands ]]; then
        kind=${commands// /,}
    else
        words=($arguments)
        kind=${words[place]}
        # The last one may stand several times.
        [[ ! $kind && ${#words[@]} -gt 0 && ${words[-1]} == *+ ]] && kind=${words[-1]}
    fi
    _%FUNCTION%_offer "${kind%+}"
    # bash puts them in place of what comes after the last = or :, where it cuts there.
    local head=${current%"$fits"} kept= char
    for char in = :; do
        if [[ $COMP_WORDBREAKS == *$char* && $current == *$char* ]]; then
            word=${current%"${current##*$char}"}
            [[ ${#word} -gt ${#kept} ]] && kept=$word
        fi
    done
    for word in "${COMPREPLY[@]}"; do
        word=$head$word
        COMPREPLY[number]=${word#"$kept"}
        number+=1
    done
}

complete -F _%FUNCTION% %PROGRAM%
"""


def script(program: str, tree: Command, vocabulary: CompletionWords) -> str:
    """The whole script."""
    kinds = [(answer.key, _kind_of_answer(answer)) for answer in vocabulary.answers]
    parts = {
        "TREE": "\n".join(_branch(command) for command in tree.every()),
        "ANSWERS": "\n".join(f"        {key}) echo {shlex.quote(kind)} ;;" for key, kind in kinds if kind),
        "KEYS": " ".join(answer.key for answer in vocabulary.answers),
        "LAB_HOSTS": " ".join(vocabulary.lab_hosts),
        "FUNCTION": program.replace("-", "_"),
        "PROGRAM": program,
    }
    text = SCRIPT
    for name, part in parts.items():
        text = text.replace(f"%{name}%", part)
    return text


def _branch(command: Command) -> str:
    options = " ".join(name for option in command.options for name in option.names)
    takes = " ".join(
        f"{name}={_kind(option.value)}" for option in command.options if option.value is not None for name in option.names
    )
    arguments = " ".join(_kind(argument.value) + "+" * argument.value.several for argument in command.arguments)
    commands = " ".join(below.path[-1] for below in command.commands)
    parts = {"commands": commands, "options": options, "takes": takes, "arguments": arguments}
    told = " ".join(f"{name}={shlex.quote(words)}" for name, words in parts.items())
    return f"        {shlex.quote(' '.join(command.path))}) {told} ;;"


def _kind(value: Value) -> str:
    if value.kind == "choice":
        return ",".join(value.choices)
    return f"@{value.kind}"


def _kind_of_answer(answer: AnswerWord) -> str:
    if answer.secret:
        return "@secret"
    return "@file" if answer.file else ",".join(answer.values)
