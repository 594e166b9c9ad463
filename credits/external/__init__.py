"""Training done elsewhere: reported with evidence by the person, verified by a supervisor or an organiser."""
