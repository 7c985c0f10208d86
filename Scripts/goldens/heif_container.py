"""HEIF files that pillow-heif does not write: pictures of tiles, and pictures that are cropped (ISO/IEC 23008-12, 14496-12)."""
import io
import struct


def box(kind, *content):
    content = b"".join(content)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full_box(kind, version, flags, *content):
    return box(kind, bytes([version]) + flags.to_bytes(3, "big"), *content)


def boxes(data):
    """Yields kind and content of each box."""
    while data:
        size, kind = struct.unpack_from(">I4s", data)
        yield kind, data[8:size]
        data = data[size:]


def size(width, height):
    return full_box(b"ispe", 0, 0, struct.pack(">II", width, height))


def crop(whole, left, top, width, height):
    """A clean aperture: its size, and the distance of its middle from that of the whole, as fractions."""
    across, down = 2 * left + width - whole[0], 2 * top + height - whole[1]
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, across, 2, down, 2))


def turn(quarters):
    """Counterclockwise."""
    return box(b"irot", bytes([quarters]))


class Item:
    """`properties` are boxes; those that turn or crop are essential. `parts` are the items that a picture is made of."""

    def __init__(self, kind, data, properties, parts=()):
        self.kind, self.data, self.properties, self.parts = kind, data, properties, list(parts)

    def with_parts(self):
        """The item, then all that it is made of."""
        items = [self]
        for item in items:
            items += [part for part in dict.fromkeys(item.parts) if part not in items]
        return items


def coded(picture, **options):
    """A picture as pillow-heif codes it, without metadata: one item."""
    out = io.BytesIO()
    picture = picture.copy()
    picture.info.clear()
    picture.save(out, "HEIF", **options)
    top = dict(boxes(out.getvalue()))
    properties = dict(boxes(dict(boxes(top[b"meta"][4:]))[b"iprp"]))[b"ipco"]
    return Item(b"hvc1", top[b"mdat"], [box(kind, content) for kind, content in boxes(properties)])


def grid(tiles, columns, width, height):
    """A canvas of tiles, row by row; those at the right and lower edge may reach over it."""
    descriptor = struct.pack(">BBBBHH", 0, 0, len(tiles) // columns - 1, columns - 1, width, height)
    shared = [data for data in tiles[0].properties if data[4:8] in (b"colr", b"pixi")]
    return Item(b"grid", descriptor, [size(width, height), *shared], tiles)


def tiles(picture, side, **options):
    """A grid of square tiles that shows a picture."""
    corners = [(left, top) for top in range(0, picture.height, side) for left in range(0, picture.width, side)]
    parts = [coded(picture.crop((left, top, left + side, top + side)), **options) for left, top in corners]
    return grid(parts, -(-picture.width // side), picture.width, picture.height)


def heif_file(primary):
    """The file of an item and its parts."""
    items = primary.with_parts()
    numbers = {item: number for number, item in enumerate(items, 1)}
    properties = list(dict.fromkeys(data for item in items for data in item.properties))
    def associations(item):
        essential = (b"hvcC", b"clap", b"irot")
        indices = [properties.index(data) + 1 | (0x80 if data[4:8] in essential else 0) for data in item.properties]
        return struct.pack(">HB", numbers[item], len(indices)) + bytes(indices)
    entries = [
        full_box(b"infe", 2, int(item is not primary), struct.pack(">HH4s", numbers[item], 0, item.kind), b"\0")
        for item in items]
    references = [
        box(b"dimg", struct.pack(f">HH{len(item.parts)}H", numbers[item], len(item.parts), *map(numbers.get, item.parts)))
        for item in items if item.parts]
    def meta(start):
        places = []
        for item in items:
            places.append(struct.pack(">HHHHII", numbers[item], 0, 0, 1, start, len(item.data)))
            start += len(item.data)
        return full_box(
            b"meta", 0, 0,
            full_box(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
            full_box(b"pitm", 0, 0, struct.pack(">H", 1)),
            full_box(b"iinf", 0, 0, struct.pack(">H", len(items)), *entries),
            full_box(b"iref", 0, 0, *references) if references else b"",
            box(b"iprp", box(b"ipco", *properties), full_box(
                b"ipma", 0, 0, struct.pack(">I", len(items)), *map(associations, items))),
            full_box(b"iloc", 1, 0, bytes([0x44, 0]), struct.pack(">H", len(items)), *places))
    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", *(item.data for item in items))
