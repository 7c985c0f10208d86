"""Text of strangers on the terminal."""


def printable(text):
    """Returns `text` with U+FFFD for each character that a terminal could take for a command or that turns text
    around: names in a pickle, in HDF5 and of files are untrusted."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
