"""Changing the numbers of JP in the admin: new dated rows, and what they would have changed."""
