"""HDF5 files of strangers: nothing outside the file is read, and no memory is taken for what the file does not hold."""
import math

import h5py
import numpy as np

from .errors import ConversionError

SIGNATURE = b"\x89HDF\r\n\x1a\n"

# Of all arrays that are read, in bytes; an Xception in float64 with a head of 21,000 classes has half as many.
MAXIMUM_BYTES = 1 << 30
# Others are libraries that HDF5 would load.
FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}


class HDF5Reader:
    """Reads groups and arrays by path, following hard links alone."""

    def __init__(self, file):
        self.file = file
        self.left = MAXIMUM_BYTES

    def get(self, group, path):
        """The object at a path below a group, or None. Raises ConversionError where a link leads elsewhere."""
        found = group
        for part in filter(None, path.split("/")):
            name = part.encode()
            if not isinstance(found, h5py.Group) or not found.id.links.exists(name):
                return None
            if found.id.links.get_info(name).type != h5py.h5l.TYPE_HARD:
                raise ConversionError(f"{path} is a link, which Keras does not write; it is not followed")
            found = found[name]
        return found

    def group(self, group, path):
        found = self.get(group, path)
        if not isinstance(found, h5py.Group):
            raise ConversionError(f"group {path} missing")
        return found

    def array(self, group, path):
        """An array as float32."""
        dataset = self.get(group, path)
        if not isinstance(dataset, h5py.Dataset) or dataset.shape is None or dataset.dtype.kind not in "fiu":
            raise ConversionError(f"{path} is missing or holds no numbers")
        properties = dataset.id.get_create_plist()
        if properties.get_layout() == h5py.h5d.VIRTUAL or properties.get_external_count():
            raise ConversionError(f"the values of {path} are in another file, which is not read")
        filters = {properties.get_filter(index)[0] for index in range(properties.get_nfilters())}
        if filters - FILTERS:
            raise ConversionError(f"{path} is packed in a way that Keras does not write")
        size = math.prod(dataset.shape) * max(dataset.dtype.itemsize, 4)
        stored = dataset.id.get_storage_size()
        if not filters and stored < dataset.size * dataset.dtype.itemsize:
            raise ConversionError(f"{path} of shape {dataset.shape} is not in the file: {stored:,} bytes are")
        if size > self.left or (dataset.chunks and math.prod(dataset.chunks) * dataset.dtype.itemsize > MAXIMUM_BYTES >> 3):
            raise ConversionError(f"{path} of shape {dataset.shape}: more values than any network here has")
        self.left -= size
        return np.asarray(dataset, np.float32)


def attribute(group, name):
    """A list of texts; Keras splits long ones over attributes name0, name1, ..."""
    if name in group.attrs:
        values = group.attrs[name]
    else:
        values = []
        while f"{name}{len(values)}" in group.attrs:
            values.append(group.attrs[f"{name}{len(values)}"])
        values = np.concatenate(values) if values else []
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]
