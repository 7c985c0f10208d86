class ConversionError(Exception):
    """A fault of a source, in one line for the user."""
