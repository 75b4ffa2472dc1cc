"""Codes for enrolling: eight characters that nobody misreads, good once, for ten minutes; few wrong ones are heard."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

# Without 0 O, 1 I L: what is read on one screen is typed at another. 31 characters to the eighth: 8.5e11 codes.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
GOOD_FOR = timedelta(minutes=10)


def new() -> str:
    """A code that was never given out."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """As people read it: ``7KQM-2XWD``."""
    return f"{code[:4]}-{code[4:]}"


def typed(text: str) -> str:
    """What somebody meant who typed small letters, spaces or dashes."""
    return "".join(character for character in text.upper() if character not in " -")


def hashed(code: str) -> str:
    """What is kept of a code. It is dead long before its hash could be turned back."""
    return hashlib.sha256(code.encode()).hexdigest()
