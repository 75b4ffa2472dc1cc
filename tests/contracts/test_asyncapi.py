"""The AsyncAPI documents: whole, of one mind with the contracts, and valid for the reference parser."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from deploy import packages
from shared import contracts
from shared.contracts import asyncapi

CHECK = Path(__file__).parent / "asyncapi-check"
SERVICES = ("reception", "appointments", "followup", "reporting")


def documents():
    return {**{name: asyncapi.document(name) for name in SERVICES}, "suite": asyncapi.suite()}


def refs(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from refs(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from refs(inner)


def resolve(document, pointer):
    for part in pointer.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_every_reference_inside_a_document_leads_somewhere():
    for document in documents().values():
        for reference in refs(document):
            assert resolve(document, reference)


def test_a_service_sends_its_own_types_and_hears_all_of_its_sources():
    document = asyncapi.document("followup", hears=("appointments",))
    own = {c.type for c in contracts.all() if c.service == "followup"}
    heard = {c.type for c in contracts.all() if c.service == "appointments"}
    assert set(document["channels"]) == own | heard
    assert set(document["operations"]) == {f"send.{type}" for type in own} | {f"receive.{type}" for type in heard}


def test_a_channel_is_the_routing_key_on_the_one_exchange():
    channel = asyncapi.document("followup", hears=())["channels"]["followup.follow_up.due.v1"]
    assert channel["address"] == "{branchid}.followup.follow_up.due.v1"
    assert channel["bindings"]["amqp"]["exchange"]["name"] == "dealer.events"
    assert channel["bindings"]["amqp"]["is"] == "routingKey"


@pytest.mark.parametrize("contract", [pytest.param(c, id=c.type) for c in contracts.all()])
def test_the_golden_envelope_keeps_the_documented_message(contract):
    document = asyncapi.suite({contract.service: ()})
    message = document["components"]["messages"][contract.type]
    schema = {**message["payload"], "components": document["components"]}
    envelope = asyncapi.envelope(contract)
    jsonschema.Draft7Validator(schema).validate(envelope)
    assert ("data" in envelope) is not contract.personal
    assert ("dataref" in envelope) is contract.personal
    if contract.personal:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft7Validator(schema).validate(envelope | {"data": contract.example})


def test_the_envelope_is_the_one_that_the_log_really_writes():
    from shared.events import envelope as wire

    for contract in contracts.all():
        event = wire.from_dict(asyncapi.envelope(contract))
        written = json.loads(event.wire)
        documented = asyncapi._ENVELOPE["properties"]
        assert set(written) <= set(documented), contract.type
        assert set(asyncapi._ENVELOPE["required"]) <= set(written), contract.type


def test_the_lock_of_the_parser_holds_no_address():
    text = (CHECK / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    assert json.loads(text)["packages"]["node_modules/@asyncapi/parser"]["version"] == "3.6.3"


@pytest.fixture(scope="module")
def parser_folder():
    """The reference parser, installed once per lock into the user's cache; never into the project."""
    if "node" in packages.NEEDS:
        packages.ensure(["node"])
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("NOT CHECKED: the AsyncAPI reference parser needs node and npm (apt-get install nodejs npm)")
    content = b"".join((CHECK / name).read_bytes() for name in ("package.json", "package-lock.json", "check.mjs"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yingbin"
    folder = cache / f"asyncapi-check-{hashlib.sha256(content).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with open(cache / "asyncapi-check.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json", "check.mjs"):
                shutil.copy(CHECK / name, folder / name)
            # No install scripts: one of the parser's dependencies would report home.
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=170, check=False)
            if done.returncode != 0:
                message = f"NOT CHECKED: npm ci failed: {done.stderr[-400:]}"
                pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
            (folder / "installed").touch()
    return folder


@pytest.mark.timeout(300)
def test_the_reference_parser_finds_nothing_wrong(parser_folder):
    broken = asyncapi.document("followup", hears=())
    broken["operations"]["send.followup.follow_up.due.v1"]["action"] = "shout"
    done = subprocess.run(
        ["node", "check.mjs"], cwd=parser_folder, input=json.dumps(documents() | {"broken": broken}),
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report.pop("broken")["diagnostics"], "the checker does not notice a broken document"
    for name, found in report.items():
        assert found["diagnostics"] == [], name
        assert found["parsed"], name
    assert report["suite"]["channels"] == len(contracts.all())
