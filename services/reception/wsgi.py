"""What gunicorn serves for reception."""

from __future__ import annotations

from shared.app import create_app

app = create_app("reception")
