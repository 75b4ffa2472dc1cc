"""OpenAPI documents as a stranger's tools read them: what has no example, and which example is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

Document = Mapping[str, Any]


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """``POST /desk/api/v1/notes`` and its operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield f"{method.upper()} {path}", operation


def contents(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that goes in or out, by where it stands."""
    for place, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{place} takes {kind}", content
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                yield f"{place} gives {status} {kind}", content


def examples(document: Document, content: Document) -> list[Any]:
    """The examples of one body."""
    found = [content["example"]] if "example" in content else []
    for each in content.get("examples", {}).values():
        name = each.get("$ref", "").rpartition("/")[2]
        found.append(document["components"]["examples"][name]["value"] if name else each["value"])
    return found


def faults(document: Document) -> list[str]:
    """Bodies without an example, examples that their schema refuses, problems that no operation tells."""
    broken = []
    for place, content in contents(document):
        shown = examples(document, content)
        if not shown:
            broken.append(f"{place}: no example")
        if "schema" in content and "multipart" not in place:
            whole = {**content["schema"], "components": document["components"]}
            validator = Draft202012Validator(whole)
            broken += [f"{place}: {error.message}" for one in shown for error in validator.iter_errors(one)]
    for place, operation in operations(document):
        told = operation["responses"]
        broken += [f"{place}: {status} is not told" for status in ("400", "503") if status not in told]
        if "default" in told:
            broken.append(f"{place}: a default that covers everything")
    return broken


def codes(document: Document) -> set[str]:
    """The codes of all problems that are told."""
    return {code for _, content in contents(document) for code in content.get("examples", {})}
