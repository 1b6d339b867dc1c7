"""The test stand: servers on loopback and processes to be measured. ``make bench`` runs what is above this folder."""
