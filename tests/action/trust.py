"""Cases about what is trusted."""


def cases():
    return ()
