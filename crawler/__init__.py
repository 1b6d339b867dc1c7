"""The room that observes: it crawls from confirmed URLs, fingerprints media in passing, and looks again.

It keeps nothing of what it sees but digests, and it decides nothing about cases: what it found goes to a ``Desk``
(``crawler.running``), what a look saw is a ``hotline.facts.Look``. Import what you need from its modules; this one
stays empty, because the decoder's child process imports it too.
"""
