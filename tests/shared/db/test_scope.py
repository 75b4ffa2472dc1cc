"""Which branch a piece of work is for."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db import NoBranch, branch_scope, current_branch, every_branch


def test_no_branch_is_not_every_branch() -> None:
    with pytest.raises(NoBranch):
        current_branch()
    with every_branch(), pytest.raises(NoBranch):
        current_branch()


@pytest.mark.parametrize("code", ["", "*", "BJ", "bj'; --", "b" * 41, "bj\n", "北京", None])
def test_only_codes_are_branches(code: Any) -> None:
    with pytest.raises(ValueError), branch_scope(code):
        pass
