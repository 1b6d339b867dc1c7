"""What the look-up knows by heart, as files that a person can read and an operator can replace."""
