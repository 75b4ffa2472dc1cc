"""The events of the suite, as data: one JSON Schema and one golden example per event type and version.

``<service>/<name>.v<version>.json`` holds ``{"title": {"zh", "en"}, "schema": draft-07, "example": data}``; the type
on the wire is ``<service>.<name>.v<version>``. Only these files below ``shared/``
speak of the trade.
"""

from __future__ import annotations

from shared.contracts.loader import (
    PERSONAL_FAMILIES,
    BrokenContractFile,
    Contract,
    ContractBroken,
    UnknownContract,
    all,
    family,
    get,
    is_personal,
    validate,
)
from shared.contracts.upcasting import Upcasters, upcast, upcasters

__all__ = [
    "PERSONAL_FAMILIES",
    "BrokenContractFile",
    "Contract",
    "ContractBroken",
    "UnknownContract",
    "Upcasters",
    "all",
    "family",
    "get",
    "is_personal",
    "upcast",
    "upcasters",
    "validate",
]
