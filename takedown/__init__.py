"""Decides: how a case begins, who hosts it, who is asked, what a look means, when it is removed."""
