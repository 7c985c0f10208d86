"""The pickle in a PyTorch file, read without torch and without running anything.

The unpickler knows the few things that a state dict is made of and refuses everything else. It ends in a time
that goes with the file's size: nothing that is made along the way takes longer to hash, compare or print than its bytes to read.
"""
import collections
import pickle

from .errors import ConversionError

STORAGES = {
    "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
    "LongStorage": "I64", "IntStorage": "I32", "ByteStorage": "U8", "BoolStorage": "BOOL",
}

Storage = collections.namedtuple("Storage", "dtype key count")
Tensor = collections.namedtuple("Tensor", "storage offset shape stride")

MAXIMUM_PICKLE = 16 << 20
"""Bytes of the largest pickle; a state dict's has some hundred thousand."""
MAXIMUM_TUPLE = 1000
"""Values of a tuple and of all tuples in it; a tensor has some twenty, the state of Python's random numbers 629."""
MAXIMUM_TEXT = 1 << 16
MAXIMUM_INTEGER = 16
"""Bytes of the largest number; the magic number of a PyTorch file has 10."""
MAXIMUM_RANK = 8


def integers(values):
    return isinstance(values, (tuple, list)) and len(values) <= MAXIMUM_RANK and all(type(value) is int for value in values)


def rebuild_tensor(storage, offset, shape, stride, *_):
    if not isinstance(storage, Storage):
        raise ConversionError("a tensor without storage")
    if type(offset) is not int or not integers(shape) or not integers(stride) or len(shape) != len(stride):
        raise ConversionError("a tensor whose shape is not made of numbers")
    return Tensor(storage, offset, tuple(shape), tuple(stride))


def rebuild_parameter(tensor, *_):
    return tensor


def check_key(key):
    """Keys are texts and numbers: of any others, many that hash alike can be made, and a dictionary of them takes the
    square of their number to fill."""
    if not (key is None or isinstance(key, (str, float)) or (isinstance(key, int) and key.bit_length() <= 64)):
        raise ConversionError("a key in its pickle is neither a text nor a number")


def ordered_dictionary(pairs=()):
    made = collections.OrderedDict()
    for key, value in pairs:
        check_key(key)
        made[key] = value
    return made


ALLOWED = {
    ("collections", "OrderedDict"): ordered_dictionary,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
} | {("torch", name): dtype for name, dtype in STORAGES.items()}


class LimitedFile:
    """A file for an unpickler, limited to a number of bytes."""

    def __init__(self, file):
        self.file, self.left = file, MAXIMUM_PICKLE

    def counted(self, data):
        self.left -= len(data)
        if self.left < 0:
            raise ConversionError("its pickle is larger than any state dict's")
        return data

    def read(self, count):
        # Never more than there may be, whatever length the pickle names.
        return self.counted(self.file.read(min(count, self.left + 1)))

    def readline(self):
        return self.counted(self.file.readline(MAXIMUM_TEXT))


def checked(load, check):
    """A loader of the unpickler, followed by a check of its result on top of the stack."""
    def load_and_check(unpickler):
        load(unpickler)
        check(unpickler, unpickler.stack[-1])
    return load_and_check


def refused(what):
    def refuse(unpickler):
        raise ConversionError(f"{what} in its pickle, which no state dict has")
    return refuse


class StateDictUnpickler(pickle._Unpickler):
    """Finds no class or function but those a state dict of tensors needs.

    In Python, since the C one takes memory for as many memo entries as a damaged index asks for.
    """

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, file):
        super().__init__(LimitedFile(file))
        # Of each tuple that was seen, by its id: itself, so that the id stays its own, and its size.
        self.tuples = {}

    def size(self, value):
        if not isinstance(value, tuple):
            return 1
        if id(value) not in self.tuples:
            self.tuples[id(value)] = value, 1 + sum(self.size(element) for element in value)
        return self.tuples[id(value)][1]

    def check_tuple(self, value):
        # A tuple that holds another twice, forty levels deep, is small in memory and takes forever to hash.
        if self.size(value) > MAXIMUM_TUPLE:
            raise ConversionError("a tuple in its pickle is larger than any of a state dict")

    def check_text(self, value):
        if len(value) > MAXIMUM_TEXT:
            raise ConversionError("a text in its pickle is longer than any of a state dict")

    def check_integer(self, value):
        if type(value) is int and value.bit_length() > 8 * MAXIMUM_INTEGER:
            raise ConversionError("a number in its pickle is larger than any of a state dict")

    for opcode in (pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3):
        dispatch[opcode[0]] = checked(dispatch[opcode[0]], check_tuple)
    for opcode in (pickle.STRING, pickle.BINSTRING, pickle.UNICODE, pickle.BINUNICODE, pickle.BINUNICODE8, pickle.BINBYTES,
                   pickle.BINBYTES8):
        dispatch[opcode[0]] = checked(dispatch[opcode[0]], check_text)
    for opcode in (pickle.INT, pickle.LONG, pickle.LONG1, pickle.LONG4):
        dispatch[opcode[0]] = checked(dispatch[opcode[0]], check_integer)
    for opcode, name in ((pickle.FROZENSET, "a set"), (pickle.EMPTY_SET, "a set"), (pickle.BYTEARRAY8, "an array"), (pickle.EXT1, "an extension"), (pickle.EXT2, "an extension"),
                         (pickle.EXT4, "an extension")):
        dispatch[opcode[0]] = refused(name)

    def load_setitem(self):
        check_key(self.stack[-2])
        super().load_setitem()
    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self):
        for key in self.stack[::2]:  # the entries above the mark
            check_key(key)
        super().load_setitems()
    dispatch[pickle.SETITEMS[0]] = load_setitems

    def load_dict(self):
        for key in self.stack[::2]:
            check_key(key)
        super().load_dict()
    dispatch[pickle.DICT[0]] = load_dict

    def load_build(self):
        """An OrderedDict's attributes, such as a state dict's `_metadata`, are passed over."""
        self.stack.pop()
        if type(self.stack[-1]) is not collections.OrderedDict:
            raise ConversionError("its pickle sets the attributes of something that has none")
    dispatch[pickle.BUILD[0]] = load_build

    def find_class(self, module, name):
        found = ALLOWED.get((module, name))
        if found is None:
            raise ConversionError(f"its pickle asks for {module}.{name}"[:200] + ", which is code and is not run;"
                                  " save model.state_dict() instead")
        return found

    def persistent_load(self, identifier):
        match identifier:
            case ("storage", str(dtype), str(key), _, int(count), *_) if dtype in STORAGES.values() and count >= 0:
                return Storage(dtype, key, count)
        raise ConversionError("a storage of an unknown kind")


def load(file):
    return StateDictUnpickler(file).load()
