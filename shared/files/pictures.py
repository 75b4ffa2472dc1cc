"""Pictures are drawn anew before they are kept: no place, no camera, no hidden second content comes along."""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from shared.files.kinds import JPEG, PNG, Kind

# A phone of today takes 50 million; unpacked that is 150 MB, which a worker can bear once in each thread.
MOST_PIXELS = 50_000_000
# A photo is looked at on a screen: what is longer is made smaller.
LONGEST_SIDE = 4096
_QUALITY = 85


class BadPicture(ValueError):
    """It cannot be kept; ``code`` is ``file.damaged`` or ``file.pixels``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def drawn_anew(stream: BinaryIO, kind: Kind) -> tuple[io.BytesIO, Kind]:
    """The same picture, upright, as JPEG, or as PNG where it has transparent parts. Raises BadPicture.

    How many pixels there are is read from its head and refused before one of them is unpacked.
    """
    try:
        with warnings.catch_warnings():
            # Our own limit holds; Pillow's warning about its own would only be noise.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(stream, formats=[kind.ending.upper().replace("JPG", "JPEG")]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise BadPicture("file.pixels")
                return _drawn(picture)
    except Image.DecompressionBombError:
        raise BadPicture("file.pixels") from None
    except BadPicture:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, MemoryError):
        # What a damaged file makes of the decoders is not one kind of error.
        raise BadPicture("file.damaged") from None


def _drawn(picture: Image.Image) -> tuple[io.BytesIO, Kind]:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Pixels alone: a new picture has no info that save() would carry over.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out, kind = io.BytesIO(), PNG if see_through else JPEG
    if kind is PNG:
        clean.save(out, "PNG")
    else:
        clean.save(out, "JPEG", quality=_QUALITY)
    out.seek(0)
    return out, kind
