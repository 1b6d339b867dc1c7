"""Schema versions, oldest first; the tests compare the newest with ``hotline.records``."""
