class ConversionError(Exception):
    """What is wrong with a source, in one line for the person who gave it."""
