"""The ways by which a notice leaves the house. SMTP to the hotline's own mail server is the only one so far."""
