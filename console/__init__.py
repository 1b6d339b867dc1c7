"""The web: the public site, and later the staff console, two apps that share nothing but the ground floor."""
