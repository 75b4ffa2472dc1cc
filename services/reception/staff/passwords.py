"""Passwords as argon2id hashes. Checking takes about as long for a name nobody has."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MIN_LENGTH, MAX_LENGTH = 8, 200

# 19 MiB, two passes: a few hundredths of a second at the desk, and four sign-ins at once still fit beside sixteen
# threads.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """What is stored of ``password``."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` belongs to ``stored``; without a stored hash the same work is done, and the answer is no."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
