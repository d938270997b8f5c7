"""How large the program is, in statements, and which names stand in several of its places.

    python benchmarks/statements.py [FOLDER ...] [--most N]

A statement is what Python's own grammar calls one, a docstring, an import and a `def` among them: the number is the same however
lines are broken. Counts setup/, or the folders given, room by room; then lists the file names and the names of classes that are
there more than once. With `--most`, it is an error when there are more statements than that.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def sources(folders: Sequence[Path]) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def statements(tree: ast.AST) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(tree))


def room(path: Path) -> str:
    """The first folder below the package, or the file that lies in it itself."""
    return "/".join(path.relative_to(CHECKOUT).parts[:2])


def several(found: Mapping[str, list[str]]) -> list[str]:
    return [f"  {name}: {', '.join(places)}" for name, places in sorted(found.items()) if len(places) > 1]


def main(words: Sequence[str]) -> int:
    most = int(words[words.index("--most") + 1]) if "--most" in words else None
    named = words[: words.index("--most")] if "--most" in words else words
    rooms, files, classes = Counter[str](), defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for path in sources([Path(name).resolve() for name in named] or [CHECKOUT / "setup"]):
        tree, place = ast.parse(path.read_text()), str(path.relative_to(CHECKOUT))
        rooms[room(path)] += statements(tree)
        if path.name != "__init__.py":
            files[path.name].append(place)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes[node.name].append(place)
    lines = [f"{count:6}  {name}" for name, count in sorted(rooms.items())]
    print("\n".join([*lines, f"{rooms.total():6}  statements"]))
    for title, found in (("file names", several(files)), ("names of classes", several(classes))):
        print("\n".join(["", f"{len(found)} {title} in several places", *found]))
    if most is not None and rooms.total() > most:
        print(f"\nthat is {rooms.total() - most} more than {most}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
