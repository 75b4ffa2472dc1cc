"""What people may bring as a file: told by its first bytes, never by its name or by what the sender calls it."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20
# The longest beginning that is looked at.
HEAD = 16


@dataclass(frozen=True)
class Kind:
    """``limit`` in bytes as it comes in; a picture is made anew, so nothing but what is seen is kept of it."""

    media_type: str
    ending: str
    limit: int
    picture: bool


JPEG = Kind("image/jpeg", "jpg", 12 * MEBIBYTE, picture=True)
PNG = Kind("image/png", "png", 12 * MEBIBYTE, picture=True)
WEBP = Kind("image/webp", "webp", 12 * MEBIBYTE, picture=True)
PDF = Kind("application/pdf", "pdf", 20 * MEBIBYTE, picture=False)
KINDS = {kind.media_type: kind for kind in (JPEG, PNG, WEBP, PDF)}
LARGEST = max(kind.limit for kind in KINDS.values())


def kind_of(head: bytes) -> Kind | None:
    """The kind that begins like this, None for anything that we do not keep."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return PDF if head.startswith(b"%PDF-") else None
