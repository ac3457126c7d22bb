"""Fixtures and figures that several test modules share."""
