"""Tests of followup."""
