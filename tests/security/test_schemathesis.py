"""What the four documents promise is true: tried by schemathesis with a fixed seed and along the documents' links."""

from __future__ import annotations

import pytest

from tests.kit.house import SERVICES, House
from tests.security.strangers import failures

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


@EMBEDDED
@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_one_that_the_document_tells(house: House, service: str) -> None:
    sent, found = failures(house, service, examples=2)
    assert sent > 50
    assert not found, f"{len(found)} of {sent}:\n" + "\n".join(sorted(set(found))[:40])


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_one_that_the_document_tells_however_long_one_asks(house: House, service: str) -> None:
    sent, found = failures(house, service, examples=60)
    assert not found, f"{len(found)} of {sent}:\n" + "\n".join(sorted(set(found))[:40])
