"""WHOIS: how port 43 is asked, and what its texts mean."""
