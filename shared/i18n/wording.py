"""The words of one service for problems and faults of fields: the house's own, and those of its capabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from shared.i18n.happenings import HAPPENINGS
from shared.i18n.problems import FIELDS, PROBLEMS

if TYPE_CHECKING:
    from shared.service import Service

# A problem: language → (title, detail). A fault of a field and a happening: language → sentence. {names} come from
# parameters.
ProblemWords = Mapping[str, Mapping[str, tuple[str, str]]]
FieldWords = Mapping[str, Mapping[str, str]]


class Wording:
    """Codes are stable and belong to programs; these are the sentences for people."""

    def __init__(self, rooms: Iterable[ModuleType] = ()) -> None:
        self.problems: dict[str, Mapping[str, tuple[str, str]]] = dict(PROBLEMS)
        self.fields: dict[str, Mapping[str, str]] = dict(FIELDS)
        self.happenings: dict[str, Mapping[str, str]] = dict(HAPPENINGS)
        for room in rooms:
            _add(self.happenings, getattr(room, "HAPPENINGS", {}), room.__name__)
            _add(self.problems, getattr(room, "PROBLEMS", {}), room.__name__)
            _add(self.fields, getattr(room, "FIELDS", {}), room.__name__)

    @classmethod
    def of(cls, service: Service) -> Wording:
        """All words of one service."""
        from shared.importing import problems as importing
        from shared.service import rooms

        return cls([importing, *rooms(service, "problems"), *rooms(service, "happenings")])

    def problem(self, code: str, status: int, language: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
        """Title and detail of a problem; of its kind when nobody has put the code into words."""
        words = self.problems.get(code) or self.problems["internal-error" if status >= 500 else "bad-request"]
        title, detail = words[language]
        return title, _filled(detail, parameters)

    def field(self, code: str, language: str, parameters: Mapping[str, Any]) -> str:
        """The sentence for one fault of a field."""
        return _filled((self.fields.get(code) or self.fields["field.invalid"])[language], parameters)

    def happening(self, what: Mapping[str, Any] | None, language: str) -> str:
        """The sentence for something that happened, kept as ``happened`` made it. For a code without words the code:
        rows outlive the version that wrote them, and nothing is not an answer.
        """
        if not what:
            return ""
        words = self.happenings.get(what["code"])
        return _filled(words[language], what.get("params") or {}) if words else str(what["code"])


HOUSE = Wording()
"""The house's own words alone, for where no service runs."""


def _filled(sentence: str, parameters: Mapping[str, Any]) -> str:
    if "{" not in sentence:
        return sentence
    return sentence.format_map(_Blanks(parameters))


class _Blanks(dict):
    def __missing__(self, key: str) -> str:
        return "…"


def _add(into: dict[str, Any], more: Mapping[str, Any], where: str) -> None:
    for code, words in more.items():
        if code in into and into[code] != words:
            raise ValueError(f"{where}: {code!r} has other words elsewhere")
        if set(words) != {"zh", "en"}:
            raise ValueError(f"{where}: {code!r} needs zh and en")
        into[code] = words
