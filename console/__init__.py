"""The web: the staff console and the public site, two apps that share nothing but the ground floor.

They come with a later release; what every answer of theirs must carry stands here already.
"""
