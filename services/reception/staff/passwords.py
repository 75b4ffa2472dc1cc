"""Passwords as argon2id hashes, and which ones nobody should choose (NIST SP 800-63B: length and a list of common
ones, no rules about kinds of characters). Checking takes about as long for a name nobody has.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.http.problems import invalid

MIN_LENGTH, MAX_LENGTH = 8, 200

# 19 MiB, two passes: a few hundredths of a second at the desk, and four sign-ins at once still fit beside sixteen
# threads.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_LIST = Path(__file__).with_name("common_passwords.txt")
_PRODUCT = ("yingbin", "迎宾")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
# Dates, mobile numbers and runs of digits are in every list; ten million of them are tried in a second.
_DIGITS = re.compile(r"\d{1,11}", re.ASCII)
_REPEATED = re.compile(r"(.{1,4}?)\1+.?", re.DOTALL)
_LEET = str.maketrans("@430157$!", "aaeoistsi")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qazwsxedcrfvtgbyhnujmikolp",
         "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p")  # fmt: skip


def check(password: str, user: str | None = None, *, pointer: str = "/password", before: str | None = None) -> None:
    """Problem 422 for a password that is too short, too long, common, the person's own name or the one ``before``."""
    text = _normal(password)
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        raise invalid({"pointer": pointer, "code": "staff.password_length"})
    if before is not None and text == _normal(before):
        raise invalid({"pointer": pointer, "code": "staff.password_same"})
    if _common(text.casefold(), user):
        raise invalid({"pointer": pointer, "code": "staff.password_common"})


def hashed(password: str) -> str:
    """What is stored of ``password``."""
    return _hasher.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` belongs to ``stored``; without a stored hash the same work is done, and the answer is no."""
    try:
        return _hasher.verify(stored or _nobody(), _normal(password)) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """The same keys give the same password on every keyboard: full-width letters are letters."""
    return unicodedata.normalize("NFKC", password)


def _common(text: str, user: str | None) -> bool:
    if _DIGITS.fullmatch(text) or _REPEATED.fullmatch(text) or any(text in row or text[::-1] in row for row in _ROWS):
        return True
    name = _normal(user or "").casefold()
    own = {_letters(each) for each in (*_PRODUCT, name)} - {""}
    bare = {_letters(text), _letters(text.translate(_LEET))}
    return text == name or not bare.isdisjoint(own | _words()) or text in _words()


def _letters(text: str) -> str:
    """What is left without the digits and signs that people hang on a word."""
    return _NOT_LETTERS.sub("", text)


@cache
def _words() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
