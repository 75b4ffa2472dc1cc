"""AsyncAPI 3.0 of one service, or of the whole suite, made from the contracts: what is sent and heard, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from shared.contracts.loader import Contract
from shared.contracts.loader import all as all_contracts

EXCHANGE = "dealer.events"
CONTENT_TYPE = "application/cloudevents+json"

_ID = "0199f0a0-0000-7000-8000-000000000{:03d}"

_ENVELOPE: dict[str, Any] = {
    "title": "CloudEvent",
    "description": "CloudEvents 1.0 in structured JSON. Positions of one source are 1, 2, 3 … without holes.",
    "type": "object",
    "required": [
        "specversion", "id", "source", "type", "subject", "time", "branchid", "position", "epoch", "subjectversion",
    ],
    "properties": {
        "specversion": {"type": "string", "const": "1.0"},
        "id": {"type": "string", "description": "UUIDv7 of the event"},
        "source": {"type": "string", "pattern": "^/services/[a-z]+$"},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "what it is about: <kind>/<id>"},
        "time": {"type": "string", "format": "date-time", "description": "when the source recorded it, UTC"},
        "branchid": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$", "description": "group: a fact of all branches"},
        "position": {"type": "integer", "minimum": 1, "description": "place in the log of the source"},
        "previd": {"type": "string", "description": "id of the event at position - 1"},
        "epoch": {"type": "string", "description": "life of the source's log; a restored backup begins a new one"},
        "subjectversion": {"type": "integer", "description": "version of the subject's row after the change"},
        "correlationid": {"type": "string"},
        "causationid": {"type": "string"},
        "traceparent": {"type": "string"},
        "datacontenttype": {"type": "string", "const": "application/json"},
        "dataref": {"type": "string", "description": "where a key with the scope reads the personal content"},
        "redacted": {"type": "boolean", "const": True, "description": "the content was erased at the person's request"},
        "data": {"type": "object"},
    },
}


def document(service: str, hears: Iterable[str] | None = None) -> dict[str, Any]:
    """The AsyncAPI document of one service. ``hears``: names of sources, by default those of its wiring."""
    sources = tuple(hears) if hears is not None else _hears(service)
    relevant = [c for c in all_contracts() if c.service == service or c.service in sources]
    operations = {
        f"{'send' if sends else 'receive'}.{contract.type}": _operation(contract, service, sends)
        for contract in relevant
        for sends in (True, False)
        if (contract.service == service if sends else contract.service in sources)
    }
    return _document(f"Yingbin {service}: events", f"What {service} sends and hears.", relevant, operations)


def suite(services: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
    """The document of all services together; ``services`` maps a name to the sources it hears."""
    wired = services if services is not None else {name: _hears(name) for name in _names()}
    operations = {}
    for service, sources in wired.items():
        heard = set(sources)
        for contract in all_contracts():
            if contract.service == service:
                operations[f"{service}.send.{contract.type}"] = _operation(contract, service, True)
            if contract.service in heard:
                operations[f"{service}.receive.{contract.type}"] = _operation(contract, service, False)
    return _document("Yingbin: events", "Every fact that the services tell each other.", all_contracts(), operations)


def _hears(service: str) -> tuple[str, ...]:
    from shared.service import load  # the wiring is asked for only when nobody gave it: this module stays data

    return tuple(load(service).hears)


def _names() -> tuple[str, ...]:
    return tuple(sorted({contract.service for contract in all_contracts()}))


def _document(title: str, says: str, contracts: Iterable[Contract], operations: dict[str, Any]) -> dict[str, Any]:
    contracts = tuple(contracts)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": title,
            "version": _version(),
            "description": f"{says} The log of a service is the truth (/<service>/api/v1/events); the bus only rings.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {contract.type: _channel(contract) for contract in contracts},
        "operations": operations,
        "components": {
            "schemas": {"cloudevent": _ENVELOPE, **{contract.type: _data_schema(contract) for contract in contracts}},
            "messages": {contract.type: _message(contract) for contract in contracts},
        },
    }


def _version() -> str:
    try:
        return version("yingbin")
    except PackageNotFoundError:
        return "0"


def _channel(contract: Contract) -> dict[str, Any]:
    return {
        "address": f"{{branchid}}.{contract.type}",
        "title": contract.title["en"],
        "summary": contract.title["zh"],
        "parameters": {"branchid": {"description": "code of the branch, or group", "examples": ["bj-chaoyang"]}},
        "messages": {contract.type: {"$ref": f"#/components/messages/{contract.type}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(contract: Contract, service: str, sends: bool) -> dict[str, Any]:
    binding = {"deliveryMode": 2, "mandatory": True} if sends else {"ack": True}
    return {
        "action": "send" if sends else "receive",
        "channel": {"$ref": f"#/channels/{contract.type}"},
        "title": f"{service} {'sends' if sends else 'hears'}: {contract.title['en']}",
        "messages": [{"$ref": f"#/channels/{contract.type}/messages/{contract.type}"}],
        "bindings": {"amqp": {**binding, "bindingVersion": "0.3.0"}},
    }


def _data_schema(contract: Contract) -> dict[str, Any]:
    return {key: value for key, value in contract.schema.items() if key != "$schema"} | {"title": contract.title["en"]}


def _message(contract: Contract) -> dict[str, Any]:
    pinned: dict[str, Any] = {
        "type": {"type": "string", "const": contract.type},
        "source": {"type": "string", "const": f"/services/{contract.service}"},
    }
    if contract.personal:
        # On the bus never with data; the schema of the content is for those who read it from the feed.
        shape: dict[str, Any] = {"type": "object", "properties": pinned, "not": {"required": ["data"]}}
    else:
        pinned["data"] = {"$ref": f"#/components/schemas/{contract.type}"}
        shape = {"type": "object", "required": ["data"], "properties": pinned}
    message: dict[str, Any] = {
        "name": contract.type,
        "title": contract.title["en"],
        "summary": contract.title["zh"],
        "contentType": CONTENT_TYPE,
        "payload": {"allOf": [{"$ref": "#/components/schemas/cloudevent"}, shape]},
        "examples": [{"name": "golden", "payload": envelope(contract)}],
    }
    if contract.personal:
        message["x-content"] = {"$ref": f"#/components/schemas/{contract.type}"}
    return message


def envelope(contract: Contract) -> dict[str, Any]:
    """The golden example as it would travel: a whole CloudEvent, without ``data`` for a personal type."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": _ID.format(42),
        "source": f"/services/{contract.service}",
        "type": contract.type,
        "subject": f"{contract.family}/{_ID.format(7)}",
        "time": "2026-11-23T01:15:00.000000Z",
        "branchid": "group" if contract.personal else contract.example.get("branch", "group"),
        "position": 42,
        "epoch": _ID.format(1),
        "subjectversion": 1,
        "previd": _ID.format(41),
    }
    if contract.personal:
        return event | {"dataref": f"/{contract.service}/api/v1/events?after=41&limit=1"}
    return event | {"datacontenttype": "application/json", "data": contract.example}
