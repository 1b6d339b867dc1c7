"""Schema versions, oldest first; the tests compare them with the files, and the newest with ``hotline.records``."""

from typing import Final

VERSIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
"""What this release knows, so that most commands need not load the machinery of migrations."""
