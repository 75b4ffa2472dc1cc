"""Two languages, both complete: Chinese first, English by ``Accept-Language`` or choice."""

from __future__ import annotations

from shared.i18n.happenings import happened
from shared.i18n.language import LANGUAGES, language_of
from shared.i18n.wording import Wording

__all__ = ["LANGUAGES", "Wording", "happened", "language_of"]
