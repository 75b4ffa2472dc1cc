"""Reading a good body without marshmallow's general case; a body with anything wrong is read again, by marshmallow.

Of a request's own cost the general loader was the largest part; nearly every body that a machine sends is good.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

_HOOKS = (PRE_LOAD, POST_LOAD, VALIDATES, VALIDATES_SCHEMA)
_Plan = tuple[dict[str, tuple[ma.fields.Field, str]], tuple[tuple[str, str, Any], ...], frozenset[str]]


class QuickSchema(ma.Schema):
    """As ``Schema``; ``load`` of one good object is quick where no hook and no option asks for more."""

    _plan: _Plan | bool | None = None

    def load(self, data: Any, *, many: bool | None = None, partial: Any = None, unknown: Any = None) -> Any:
        """As marshmallow's: the same values, the same ValidationError."""
        if not many and not partial and unknown is None and type(data) is dict:
            if self._plan is None:
                self._plan = self._made_plan()
            if self._plan is not False:
                found = _read(self._plan, data)  # type: ignore[arg-type]
                if found is not None:
                    return found
        return super().load(data, many=many, partial=partial, unknown=unknown)

    def _made_plan(self) -> _Plan | bool:
        if self.many or self.partial or self.unknown != ma.RAISE or any(self._hooks.get(hook) for hook in _HOOKS):
            return False
        fields, defaults, required = {}, [], set()
        for name, field in self.load_fields.items():
            key, attribute = field.data_key or name, field.attribute or name
            if "." in attribute:
                return False
            fields[key] = (field, attribute)
            if field.required:
                required.add(key)
            elif field.load_default is not ma.missing:
                defaults.append((key, attribute, field.load_default))
        return fields, tuple(defaults), frozenset(required)


def _read(plan: _Plan, data: dict[str, Any]) -> dict[str, Any] | None:
    """What the schema makes of ``data``; None when anything is wrong with it."""
    fields, defaults, required = plan
    if not required <= data.keys():
        return None
    found = {}
    try:
        for key, value in data.items():
            field, attribute = fields[key]
            found[attribute] = field.deserialize(value, key, data)
    except (ma.ValidationError, KeyError):
        return None
    for key, attribute, default in defaults:
        if key not in data:
            found[attribute] = default() if callable(default) else default
    return found
