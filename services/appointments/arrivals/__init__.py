"""Visits of reception, as far as the service desk needs them: who is in the house, and for which car."""

from services.appointments.arrivals.queries import arrival_of

__all__ = ["arrival_of"]
