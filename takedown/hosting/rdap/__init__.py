"""RDAP: which server is responsible, how it is asked, and what its records mean."""
