"""Hash lists: how they are written by others (``formats``), kept by us (``store``) and asked (``index``)."""
