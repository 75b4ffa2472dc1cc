"""Tests of one capability."""
