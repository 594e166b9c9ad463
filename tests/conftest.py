"""Fixtures every test may use; objects are made by the factories beside this file."""
