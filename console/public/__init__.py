"""The public site: the page on which a host answers a notice, the same as an API, and a large host's own API."""
