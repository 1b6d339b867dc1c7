"""The ground floor: words, records, the vault and the one door to the network.

Every other room stands on this one; this one imports none of them.
"""

__version__ = "0.1.0"
