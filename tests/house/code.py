"""Rules that can be seen in the syntax tree."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.building import PRODUCT, called, files, origins, place, trees

_CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.datetime.utcfromtimestamp",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
}
_SLEEPS = {"time.sleep", "asyncio.sleep"}
_OURS = {"shared", "services", "deploy", "tests"}


def clocks(root: Path) -> list[str]:
    """Anybody but shared/clock.py who asks what time it is."""
    return [
        f"{where}: {name}"
        for file, where, name in _uses(root, PRODUCT, _CLOCKS)
        if file.relative_to(root).as_posix() != "shared/clock.py"
    ]


def sleeping_tests(root: Path) -> list[str]:
    """Tests that wait for an amount of time; the kit's own waiting has a condition and a ceiling."""
    return [
        f"{where}: {name}"
        for file, where, name in _uses(root, ("tests",), _SLEEPS)
        if "kit" not in file.relative_to(root).parts
    ]


def _uses(root: Path, below: tuple[str, ...], wanted: set[str]) -> Iterator[tuple[Path, str, str]]:
    for file, tree in trees(root, below):
        names = origins(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
                name = called(node, names)
                if name in wanted:
                    yield file, place(root, file, node.lineno), name


def actions_without_permission(root: Path) -> list[str]:
    """Public functions of an actions.py that name no permission, or one that permissions.py does not know."""
    broken = []
    for service in _services(root):
        granted = _permissions(service / "permissions.py")
        for file in sorted(service.glob("*/actions.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    where = f"{place(root, file, node.lineno)}: {node.name}"
                    named = [_permission(decorator) for decorator in node.decorator_list]
                    permission = next((name for name in named if name), None)
                    if permission is None:
                        broken.append(f"{where} names no permission")
                    elif permission not in granted:
                        broken.append(f"{where}: {permission} is not in permissions.py")
    return broken


def _permission(decorator: ast.expr) -> str | None:
    if isinstance(decorator, ast.Call) and called(decorator.func, {}).rpartition(".")[2] == "action":
        first = decorator.args[0] if decorator.args else None
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    return None


def _permissions(file: Path) -> set[str]:
    if not file.exists():
        return set()
    return {
        key.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }


def side_doors(root: Path) -> list[str]:
    """Imports of another capability's rooms instead of what its ``__init__`` names."""
    broken = []
    for service in _services(root):
        capabilities = {
            folder.name
            for folder in service.iterdir()
            if (folder / "__init__.py").exists() and folder.name != "migrations"
        }
        prefix = f"services.{service.name}."
        for file, tree in trees(root, (f"services/{service.name}",)):
            here = file.relative_to(service).parts[0]
            for node in ast.walk(tree):
                for module in _modules(node, root, file):
                    if not module.startswith(prefix):
                        continue
                    capability, _, room = module.removeprefix(prefix).partition(".")
                    if room and capability in capabilities and capability != here and here in capabilities:
                        broken.append(f"{place(root, file, node.lineno)}: {module}")
    return broken


def _modules(node: ast.AST, root: Path, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        # "from services.x.visits import queries" reaches for a room as well.
        below = root / Path(*node.module.split("."))
        rooms = [f"{node.module}.{alias.name}" for alias in node.names if (below / f"{alias.name}.py").exists()]
        return rooms or [node.module]
    return []


def _services(root: Path) -> list[Path]:
    return sorted(folder for folder in (root / "services").iterdir() if (folder / "service.py").exists())


def migrations_that_import_us(root: Path) -> list[str]:
    """Migrations describe the schema of their day: a class that changes later must not change them."""
    broken = []
    for file in files(root, ".py", below=("services",)):
        if "versions" in file.parts:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                ours = [module for module in _modules(node, root, file) if module.partition(".")[0] in _OURS]
                broken += [f"{place(root, file, node.lineno)}: {module}" for module in ours]
    return broken


# Where the code stands in a call of these, counted from 0.
_CODED = {"Problem": 1, "FieldFault": 0, "Fault": 1, "JobFailed": 0, "happened": 0}


def unworded(root: Path, problems: set[str], fields: set[str], happenings: set[str]) -> list[str]:
    """Problems, faults and happenings that stand in no catalogue: people would read a sentence that says nothing."""
    catalogues = {"Problem": problems, "JobFailed": happenings, "happened": happenings}
    broken = []
    for file, tree in trees(root, PRODUCT):
        for node in ast.walk(tree):
            inner = [code for code in _codes_of_errors(node) if code.value not in fields]
            broken += [f"{place(root, file, code.lineno)}: {code.value}" for code in inner]
            if not isinstance(node, ast.Call):
                continue
            name = called(node.func, {}).rpartition(".")[2]
            place_of_code = _CODED.get(name)
            if place_of_code is None or len(node.args) <= place_of_code:
                continue
            code = node.args[place_of_code]
            known = catalogues.get(name, fields)
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value not in known:
                broken.append(f"{place(root, file, node.lineno)}: {code.value}")
    return broken


def _codes_of_errors(node: ast.AST) -> Iterator[ast.Constant]:
    """Codes of ``{"pointer": …, "code": …}`` and of pairs ``("/field", "code")``."""
    found: ast.AST | None = None
    if isinstance(node, ast.Dict):
        named = {key.value: value for key, value in zip(node.keys, node.values, strict=True)
                 if isinstance(key, ast.Constant)}
        found = named.get("code") if "pointer" in named else None
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant):
        pointer = node.elts[0].value
        found = node.elts[1] if isinstance(pointer, str) and re.fullmatch(r"/[a-z_/]+", pointer) else None
    if isinstance(found, ast.Constant) and isinstance(found.value, str):
        yield found


# Not "visit": SQLAlchemy and ast visit nodes.
_TRADE = {
    "appointment", "call_back", "car", "customer", "dealership", "odometer", "plate", "prospect", "repair_order",
    "test_drive", "vehicle", "vin", "workshop",
}  # fmt: skip


def words_of_the_trade(root: Path) -> list[str]:
    """Names and texts in shared/ that only a car dealer knows (law 8). Contracts and translations are data; examples in
    docstrings are for readers.
    """
    broken = []
    for file, tree in trees(root, ("shared",)):
        if file.relative_to(root).parts[1] in ("contracts", "i18n"):
            continue
        documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) not in documents:
                found = {word for text in _texts(node) for word in _words(text)} & _TRADE
                broken += [f"{place(root, file, getattr(node, 'lineno', 1))}: {word}" for word in sorted(found)]
    return broken


def _texts(node: ast.AST) -> list[str]:
    names = [
        getattr(node, field) for field in ("id", "attr", "name", "arg") if isinstance(getattr(node, field, None), str)
    ]
    return [*names, node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else names


def _words(text: str) -> set[str]:
    """Words in one and many: ``repair_orders`` is ``repair_order``, ``visit_id`` holds ``visit``."""
    parts = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower())
    pairs = [f"{first}_{second}" for first, second in itertools.pairwise(parts)]
    return {word for part in (*parts, *pairs) for word in (part, part.removesuffix("s"))}
