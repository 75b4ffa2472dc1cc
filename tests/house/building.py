"""Walking the building: which files the rules look at."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("services", "shared", "deploy")

_NOT_OURS = {".git", ".venv", "var", "build", "dist", "node_modules", "__pycache__", "vendor"}


def files(root: Path, *suffixes: str, below: tuple[str, ...] = ("",)) -> Iterator[Path]:
    """Files below ``root`` (or its folders ``below``) with one of the endings, if any is given. Caches are left out."""
    for start in below:
        for folder, folders, names in os.walk(root / start):
            folders[:] = sorted(
                f
                for f in folders
                if f not in _NOT_OURS and not (f.startswith(".") and f != ".ci") and not f.endswith(".egg-info")
            )
            for name in sorted(names):
                if not suffixes or name.endswith(suffixes):
                    yield Path(folder) / name


def place(root: Path, file: Path, line: int | None = None) -> str:
    """``services/x/y.py:3``."""
    name = file.relative_to(root).as_posix()
    return name if line is None else f"{name}:{line}"


def trees(root: Path, below: tuple[str, ...]) -> Iterator[tuple[Path, ast.Module]]:
    """The parsed Python files of these folders."""
    for file in files(root, ".py", below=below):
        yield file, ast.parse(file.read_text(encoding="utf-8"), str(file))


def dotted(node: ast.AST) -> str:
    """``datetime.now`` for the expression of that name; empty for anything that is not a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def origins(tree: ast.Module) -> dict[str, str]:
    """What imported names stand for: ``{"dt": "datetime.datetime"}`` after ``from datetime import datetime as dt``."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def called(node: ast.AST, names: dict[str, str]) -> str:
    """The full name of what a name or attribute stands for, seen through the module's imports."""
    first, dot, rest = dotted(node).partition(".")
    return f"{names.get(first, first)}{dot}{rest}"
