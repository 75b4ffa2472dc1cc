"""Find, read and apply the contract of an event type."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import fastjsonschema

PERSONAL_FAMILIES = frozenset({"customer", "vehicle", "consent", "contact", "staff"})

_TYPE = re.compile(r"(?P<service>[a-z]+)\.(?P<name>[a-z_]+\.[a-z_]+)\.v(?P<version>[1-9][0-9]*)", re.ASCII)
_FILE_PARTS = {"title", "schema", "example"}


class UnknownContract(LookupError):
    """No contract stands for this event type: nobody may send it."""

    def __init__(self, type: str) -> None:
        super().__init__(f"no contract for {type!r}")
        self.type = type


class BrokenContractFile(ValueError):
    """A contract file itself is not as it must be (a mistake of the programmer, found by the tests)."""


class ContractBroken(ValueError):
    """Data that does not keep its contract. Says where and which rule, never the value: it may be a person's."""

    def __init__(self, type: str, path: str, rule: str) -> None:
        super().__init__(f"{type}: {path or '/'} breaks the rule {rule!r}")
        self.type, self.path, self.rule = type, path, rule


@dataclass(frozen=True)
class Contract:
    """What an event of one type carries. ``schema`` and ``example`` are read-only by agreement."""

    type: str
    service: str
    name: str
    version: int
    schema: dict[str, Any]
    example: dict[str, Any]
    title: dict[str, str]

    @property
    def family(self) -> str:
        """The first word of the name: ``visit`` of ``visit.checked_in``."""
        return self.name.partition(".")[0]

    @property
    def personal(self) -> bool:
        """True when the content never stands on the wire (``dataref`` in place of ``data``)."""
        return self.family in PERSONAL_FAMILIES


def family(type: str) -> str:
    """The family of a type by its name alone, known or not: ``reception.customer.changed.v1`` → ``customer``."""
    parts = type.split(".")
    return parts[1] if len(parts) > 2 else ""


def is_personal(type: str) -> bool:
    """True for the families customer, vehicle, consent, contact and staff; by the name alone."""
    return family(type) in PERSONAL_FAMILIES


@functools.cache
def get(type: str) -> Contract:
    """The contract of ``type``. Raises UnknownContract, or BrokenContractFile when its file is not well formed."""
    match = _TYPE.fullmatch(type)
    if match is None:
        raise UnknownContract(type)
    service, name, version = match["service"], match["name"], int(match["version"])
    file = files("shared.contracts").joinpath(service, f"{name}.v{version}.json")
    if not file.is_file():
        raise UnknownContract(type)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BrokenContractFile(f"{type}: {error}") from None
    if not isinstance(content, dict) or set(content) != _FILE_PARTS or set(content["title"]) != {"zh", "en"}:
        raise BrokenContractFile(f"{type}: a contract file has exactly title {{zh, en}}, schema and example")
    return Contract(type, service, name, version, content["schema"], content["example"], content["title"])


@functools.cache
def all() -> tuple[Contract, ...]:
    """Every contract of the suite, in the order of their types."""
    types = []
    for folder in files("shared.contracts").iterdir():
        if folder.is_dir() and not folder.name.startswith("_"):
            names = (file.name for file in folder.iterdir())
            types += [f"{folder.name}.{name.removesuffix('.json')}" for name in names if name.endswith(".json")]
    return tuple(get(type) for type in sorted(types))


@functools.cache
def _check(type: str) -> Callable[[Any], Any]:
    # Compiled once per process, on first use: a compile takes milliseconds, a check microseconds.
    return fastjsonschema.compile(get(type).schema, use_default=False)


def validate(type: str, data: Any) -> None:
    """Check ``data`` against the contract of ``type``. Raises ContractBroken (no value in it) or UnknownContract."""
    try:
        _check(type)(data)
    except fastjsonschema.JsonSchemaValueException as error:
        raise ContractBroken(type, _pointer(error.name), error.rule or "") from None


def _pointer(name: str | None) -> str:
    # fastjsonschema says "data.phones[0]"; a JSON pointer says "/phones/0".
    path = (name or "").removeprefix("data")
    return re.sub(r"\[([^\]]*)\]|\.([^.\[]+)", lambda match: f"/{match[1] if match[1] is not None else match[2]}", path)
