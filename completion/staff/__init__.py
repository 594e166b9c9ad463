"""What the staff's screens of every kind of activity have in common, below `/admin/`."""
