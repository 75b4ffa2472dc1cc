"""Rules that can be seen in the files themselves."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.building import PRODUCT, files, place

MOST_LINES = 350
MOST_LINES_OF_WIRING = 60
_FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

# Put together from parts, so that the rules do not find themselves.
_REGISTRIES = re.compile(
    "|".join(
        name.replace(" ", re.escape("."))
        for name in (
            "pypi org",
            "files pythonhosted",
            "registry npmjs",
            "registry yarnpkg",
            "npmmirror com",
            "taobao org",
            "tuna tsinghua",
            "mirrors aliyun",
            "index docker io",
            "crates io/api",
            "proxy golang",
            "repo1 maven",
            "rubygems org/gems",
        )
    )
)
_MACHINE_PATHS = re.compile(r"(?<![\w.$}~*/-])/(?:work|root|home/[a-z]\w*|Users/\w+|mnt/\w+|tmp/\w+)(?:/|\b)")
_SAFE = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false|hx-on|[\"']\s*js:")
_DUTY = re.compile(r"(?<![\w.])[RPFT][1-9][0-9]?\.[1-9][0-9]?(?![\w.]*\d)")
_TEXTS = (
    ".py",
    ".md",
    ".toml",
    ".cfg",
    ".ini",
    ".json",
    ".yml",
    ".yaml",
    ".sh",
    ".txt",
    ".lock",
    ".html",
    ".js",
    ".css",
    ".conf",
    "Makefile",
    "run",
)


def too_big(root: Path) -> list[str]:
    """Rooms of more than 350 lines; the wiring of a service of more than 60."""
    broken = []
    for file in files(root, ".py", below=PRODUCT):
        if "migrations" in file.parts:
            continue
        lines = len(file.read_text(encoding="utf-8").splitlines())
        most = (
            MOST_LINES_OF_WIRING if file.name == "service.py" and file.parent.parent.name == "services" else MOST_LINES
        )
        if lines > most:
            broken.append(f"{place(root, file)}: {lines} lines, at most {most}")
    return broken


def names_that_say_nothing(root: Path) -> list[str]:
    """Modules and folders named utils, helpers, common, manager."""
    return [
        place(root, file)
        for file in files(root, ".py", below=PRODUCT)
        if {file.stem, *file.relative_to(root).parts[:-1]} & _FORBIDDEN_NAMES
    ]


def unescaped(root: Path) -> list[str]:
    """Templates that switch escaping off, or use what our content policy forbids."""
    return _lines(root, _SAFE, (".html", ".jinja", ".j2", ".svg.jinja"))


def addresses(root: Path) -> list[str]:
    """Addresses of package registries and paths of somebody's machine."""
    return _lines(root, _REGISTRIES, _TEXTS) + _lines(root, _MACHINE_PATHS, _TEXTS)


def unknown_duties(root: Path) -> list[str]:
    """Duties cited in code, tests and documents that are not rows of the list (tests/duties.txt)."""
    listed = set((root / "tests" / "duties.txt").read_text(encoding="utf-8").split())
    broken = []
    for file in files(root, ".py", ".md"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            broken += [f"{place(root, file, number)}: {duty}" for duty in _DUTY.findall(line) if duty not in listed]
    return broken


def _lines(root: Path, pattern: re.Pattern[str], suffixes: tuple[str, ...]) -> list[str]:
    broken = []
    for file in files(root, *suffixes):
        if file.name == "texts.py" and file.parent.name == "house":
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            found = pattern.search(line)
            if found:
                broken.append(f"{place(root, file, number)}: {found[0]}")
    return broken
