"""A small internet on loopback: for the demo, for training and for the tests.

Read `hosts.py` first: it is the table of everything that exists here. It shares no code with the product;
the two meet over sockets, as with the real internet. All names are reserved ones (RFC 2606), all addresses
are documentation addresses (RFC 5737, RFC 3849), all pictures are generated shapes.
"""
