"""What hosts do when they are asked to remove a file, or pretend to: one small function a behaviour, one row a host."""

from typing import Final

import odd_gone
import odd_there
import odd_unclear
from odd import Odd

ODD: Final[tuple[Odd, ...]] = (*odd_gone.ROWS, *odd_there.ROWS, *odd_unclear.ROWS)
