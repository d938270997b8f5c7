"""What makes a password easy to guess, as far as one can tell by looking at it. Nothing found does not mean that it is good."""

from __future__ import annotations

from collections.abc import Iterable

LEAST_LENGTH = 8
LEAST_DIFFERENT = 5  # characters
RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
LONGEST_RUN = 4
# What is tried first, and what an engine is called; longer ones are these with digits and signs around them.
COMMON = """
admin administrator changeme default dragon engine football gluster guest hello iloveyou letmein linux login manager master monkey
ovirt password princess redhat root secret server shadow sunshine superuser system test virtual welcome
"""
LOOKALIKES = str.maketrans("@4301!5$7", "aaeoiisst")


def weakness(password: str, own_words: Iterable[str] = ()) -> str:
    """Why it is easy to guess, in words that do not hold it ("it has only 5 characters"); empty when nothing was found.
    `own_words` are what a stranger would try here: the name of the engine, say."""
    if len(password) < LEAST_LENGTH:
        return f"it has fewer than {LEAST_LENGTH} characters"
    if len(set(password)) < LEAST_DIFFERENT:
        return f"it has fewer than {LEAST_DIFFERENT} different characters"
    if password.isdigit():
        return "it has digits only"
    if len(_without_runs(password.lower())) < LEAST_LENGTH // 2:
        return "it is a row of the alphabet or of the keyboard"
    lower = password.lower()
    bare = {_bare(lower), _bare(lower).translate(LOOKALIKES), _bare(lower.translate(LOOKALIKES))}
    if bare & {*COMMON.split(), *(word.lower() for word in own_words if len(word) > 2)}:
        return "it is a common password with little added"
    return ""


def _bare(text: str) -> str:
    """Without the digits and signs around it."""
    start, end = 0, len(text)
    while start < end and not text[start].isalpha():
        start += 1
    while end > start and not text[end - 1].isalpha():
        end -= 1
    return text[start:end]


def _without_runs(text: str) -> str:
    """Each run of neighbours, upwards or downwards, as its first character."""
    kept, place = "", 0
    while place < len(text):
        length = _run(text[place:])
        kept += text[place]
        place += length if length >= LONGEST_RUN else 1
    return kept


def _run(text: str) -> int:
    """How many characters at the beginning of `text` are neighbours in one of RUNS."""
    best = 1
    for run in (*RUNS, *(known[::-1] for known in RUNS)):
        start = run.find(text[0])
        if start >= 0:
            same = 0
            for one, other in zip(text, run[start:], strict=False):
                if one != other:
                    break
                same += 1
            best = max(best, same)
    return best
