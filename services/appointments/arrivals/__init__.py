"""Visits of reception, as far as the service desk needs them: who is in the house, and for which car."""

from services.appointments.arrivals.model import Arrival
from services.appointments.arrivals.queries import arrival_of, for_the_desk

__all__ = ["Arrival", "arrival_of", "for_the_desk"]
