"""Who hosts a URL, who can remove it, and how sure that is.

``locate`` is the door: DNS, the origin of the address, the address registry, the domain's registrar, and
from all of them a ladder of contacts. Wire and meaning are two files each: what speaks to a server never
decides, and what decides is given records only. A registry that is slow, down or lying gives a problem in
words, never an exception.
"""
