"""schemathesis against one service: what its document promises, tried with a fixed seed, in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import schemathesis
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    SimpleCheckConfig,
    StatefulPhaseConfig,
)
from schemathesis.config._checks import MissingRequiredHeaderConfig, NegativeDataRejectionConfig
from schemathesis.engine import events, from_schema
from werkzeug.exceptions import HTTPException

from tests.kit.house import House
from tests.security.keys_at_hand import KeysAtHand

SEED = 20261123
# 412: an If-Match that was never given out.
REFUSED = ["400", "404", "405", "409", "412", "413", "415", "422", "428", "431"]


class Admitted:
    """The service's app for somebody who has a key for every door; where two kinds may come in, they take turns."""

    def __init__(self, house: House, service: str) -> None:
        self.app = house.app(service)
        self.keys = KeysAtHand(house, service)
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        adapter = self.app.url_map.bind("localhost")
        try:
            rule, _ = adapter.match(environ["PATH_INFO"], environ["REQUEST_METHOD"], return_rule=True)
        except HTTPException:
            rule = None
        needs = getattr(self.app.view_functions[rule.endpoint], "needs", ()) if rule is not None else ()
        if needs:
            self.asked += 1
            kind = needs[self.asked % len(needs)].kind
            environ["HTTP_AUTHORIZATION"] = self.keys.doors[kind]["Authorization"]
        return self.app(environ, start_response)


def failures(house: House, service: str, examples: int) -> tuple[int, list[str]]:
    """How many requests were made, and everything that was not as the document says."""
    off = SimpleCheckConfig(enabled=False)
    config = SchemathesisConfig(
        seed=SEED,
        projects=ProjectsConfig(default=ProjectConfig(
            # A rule of the trade refuses bodies that the schema allows, and keys are handed in above: both are
            # tried elsewhere.
            checks=ChecksConfig(
                positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False), ignored_auth=off,
                # GET /visits/<id> answers for POST /visits/call-next too: Allow names a method more than its own.
                allow_header_conformance=off,
                missing_required_header=MissingRequiredHeaderConfig(expected_statuses=REFUSED),
                negative_data_rejection=NegativeDataRejectionConfig(expected_statuses=REFUSED),
            ),
            generation=GenerationConfig(
                max_examples=examples, deterministic=True, no_shrink=True, with_security_parameters=False,
            ),
            phases=PhasesConfig(stateful=StatefulPhaseConfig(generation=GenerationConfig(max_examples=examples))),
        )),
    )  # fmt: skip
    schema = schemathesis.openapi.from_wsgi(f"/{service}/openapi.json", Admitted(house, service), config=config)
    sent, found = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            sent += len(event.recorder.cases)
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        request = event.recorder.interactions[case].request
                        failure = check.failure_info.failure
                        found.append(f"{request.method} {request.uri[:200]} {request.body and request.body[:300]!r}: "
                                     f"{check.name}: {failure.title}: {failure.message[:300]}")
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(repr(event))
    return sent, found
