"""The kind of a source, by its content: files get renamed, and the names of Lightning's and other files are not specific."""
import zipfile

from . import hdf5_file
from .errors import ConversionError
from .torch_file import data_index

HDF5, KERAS, TORCH_ZIP, TORCH_PICKLE, SAFETENSORS = "hdf5", "keras", "torch zip", "torch pickle", "safetensors"


def file_kind(path):
    """Returns one of the five. Raises ConversionError, or OSError where the file cannot be read."""
    with open(path, "rb") as file:
        start = file.read(9)
    if start[:8] == hdf5_file.SIGNATURE:
        return HDF5
    if start[:4] == b"PK\x03\x04":
        return zip_kind(path)
    if start[8:] == b"{":
        return SAFETENSORS
    # A pickle of protocol 2 or later; one of an earlier protocol, by its name alone.
    if start[:1] == b"\x80" or path.endswith((".pth", ".pt", ".bin", ".tar", ".ckpt")):
        return TORCH_PICKLE
    raise ConversionError("neither HDF5, .keras, safetensors nor a PyTorch file")


def zip_kind(path):
    try:
        with zipfile.ZipFile(path) as archive:
            if "model.weights.h5" in archive.namelist():
                return KERAS
            if data_index(archive):
                return TORCH_ZIP
    except zipfile.BadZipFile as error:
        raise ConversionError(f"a damaged zip archive: {error}") from error
    raise ConversionError("a zip archive that holds neither a Keras model (model.weights.h5) nor a PyTorch file (data.pkl)")
