"""Appointments: what is promised to a customer's car, from the visit to the handover."""
