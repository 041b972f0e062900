"""Photographs as cameras and phones write them, with filler in the place of the pixels; the same each time.

What a parser meets on its way is there: some forty Exif fields, notes of the maker and a thumbnail, a colour profile;
in HEIC the tiles that a phone cuts a picture into. The formats: Exif 2.32, TIFF 6.0, ITU-T T.81 annex B, ISO 14496-12
(boxes) and 23008-12 (HEIF), PNG 1.6.
"""

import random
import struct
import zlib
from collections.abc import Sequence
from typing import TypeAlias

WIDTH, HEIGHT = 4032, 3024

# A text, a 16-bit number, fractions, bytes of the camera's own, or another directory.
Value: TypeAlias = "str | int | Sequence[tuple[int, int]] | bytes | Fields"
Fields: TypeAlias = dict[int, Value]


def photos() -> dict[str, bytes]:
    """Each photograph, by what it is. Of the last three the metadata ends later and later."""
    jpeg = _jpeg(_exif())
    return {
        "JPEG, 280 KB": _filled(jpeg, 280_000),
        "JPEG, 4 MB": _filled(jpeg, 4_000_000),
        "HEIC, 1.4 MB": _filled(_heic(_exif()), 1_400_000),
        "JPEG, 4 MB, its size late": _filled(_jpeg(_exif(), profile=500_000), 4_000_000),
        "PNG, 4 MB, its Exif last": _png(_exif(), 4_000_000),
    }


def small() -> dict[str, bytes]:
    """A JPEG, a HEIC and a PNG image with hardly a pixel, to be damaged."""
    return {"JPEG": _filled(_jpeg(_exif(few=True)), 0), "HEIC": _heic(_exif(few=True)), "PNG": _png(_exif(few=True), 0)}


def _exif(few: bool = False) -> bytes:
    """Exif data, with notes of the maker and a thumbnail unless `few`."""
    camera: Fields = {
        0x829A: [(1, 240)],
        0x829D: [(18, 10)],
        0x8822: 2,
        0x8827: 64,
        0x9000: b"0232",
        0x9003: "2026:05:01 12:34:56",
        0x9004: "2026:05:01 12:34:56",
        0x9010: "+02:00",
        0x9011: "+02:00",
        0x9201: [(7907, 1000)],
        0x9202: [(17, 10)],
        0x9207: 5,
        0x9209: 16,
        0x920A: [(57, 10)],
        0x9291: "789",
        0xA001: 1,
        0xA002: WIDTH,
        0xA003: HEIGHT,
        0xA402: 0,
        0xA405: 26,
        0xA432: [(15, 10), (9, 1), (15, 10), (28, 10)],
        0xA433: "Maker",
        0xA434: "Model 1 back triple camera 5.7mm f/1.8",
    }
    place: Fields = {
        1: "S",
        2: [(33, 1), (30, 1), (36, 1)],
        3: "E",
        4: [(151, 1), (12, 1), (0, 1)],
        6: [(25, 10)],
        7: [(10, 1), (34, 1), (56, 1)],
        16: "T",
        17: [(1234, 10)],
        29: "2026:05:01",
    }
    if not few:
        camera[0x927C] = _noise(8_000)
    fields: Fields = {
        0x010F: "Maker",
        0x0110: "Model 1",
        0x0112: 6,
        0x011A: [(72, 1)],
        0x011B: [(72, 1)],
        0x0128: 2,
        0x0131: "26.5",
        0x0132: "2026:05:01 12:34:56",
        0x8769: dict(sorted(camera.items())),
        0x8825: place,
    }
    return b"MM\0*" + struct.pack(">I", 8) + _directory(8, fields) + (b"" if few else _noise(8_000))


def _directory(at: int, fields: Fields) -> bytes:
    """A directory that begins at `at` in its file, and the values that do not fit into its fields."""
    head = struct.pack(">H", len(fields))
    end = at + 2 + 12 * len(fields) + 4
    values = b""
    for tag, value in fields.items():
        kind, count, data = _encoded(value, end + len(values))
        if len(data) > 4 or isinstance(value, dict):
            place = struct.pack(">I", end + len(values))
            values += data
        else:
            place = data.ljust(4, b"\0")
        head += struct.pack(">HHI", tag, kind, count) + place
    return head + bytes(4) + values


def _encoded(value: Value, at: int) -> tuple[int, int, bytes]:
    """The type of a value in TIFF, how many there are, and the bytes."""
    match value:
        case str():
            return 2, len(value) + 1, value.encode() + b"\0"
        case int():
            return 3, 1, struct.pack(">H", value)
        case bytes():
            return 7, len(value), value
        case dict():
            return 4, 1, _directory(at, value)
        case _:
            return 5, len(value), b"".join(struct.pack(">II", *fraction) for fraction in value)


def _jpeg(exif: bytes, profile: int = 3_000) -> bytes:
    """A JPEG image up to its pixels. Its colour profile stands before its size."""
    parts = [b"\xff\xd8", _segment(0xE1, b"Exif\0\0" + exif)]
    pieces = [min(profile - start, 65_000) for start in range(0, profile, 65_000)]
    for number, length in enumerate(pieces, start=1):
        parts.append(_segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(pieces)]) + _noise(length)))
    parts += [_segment(0xDB, bytes([table]) + _noise(64)) for table in (0, 1)]
    parts.append(_segment(0xC0, struct.pack(">BHHB", 8, HEIGHT, WIDTH, 3) + b"\x01\x22\0\x02\x11\x01\x03\x11\x01"))
    parts += [_segment(0xC4, bytes([table]) + _noise(178)) for table in (0, 1, 16, 17)]
    return b"".join(parts) + _segment(0xDA, b"\x03\x01\0\x02\x11\x03\x11\0\x3f\0")


def _segment(code: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(content) + 2) + content


def _png(exif: bytes, pixels: int) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", _noise(pixels)), _chunk(b"eXIf", exif), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _heic(exif: bytes, tiles: int = 48) -> bytes:
    """A HEIC image up to its pixels: tiles, the picture that they make when turned, and the Exif data before them."""
    item = b"\0\0\0\x06Exif\0\0" + exif
    header = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    kinds = [b"hvc1"] * tiles + [b"grid", b"Exif"]
    grid, data = tiles + 1, tiles + 2
    entries = [_box(b"infe", b"\2\0\0\1" + struct.pack(">HH", i, 0) + kind + b"\0") for i, kind in enumerate(kinds, 1)]
    properties = [
        _box(b"hvcC", _noise(100)),
        _box(b"ispe", struct.pack(">III", 0, 512, 512)),
        _box(b"ispe", struct.pack(">III", 0, WIDTH, HEIGHT)),
        _box(b"irot", b"\x03"),
        _box(b"pixi", b"\0\0\0\0\x03\x08\x08\x08"),
    ]
    owners = [struct.pack(">HBBB", i, 2, 0x81, 2) for i in range(1, grid)] + [struct.pack(">HBBBB", grid, 3, 3, 4, 5)]
    uses = struct.pack(">II", 0, len(owners)) + b"".join(owners)
    references = _box(b"dimg", struct.pack(f">HH{tiles}H", grid, tiles, *range(1, grid)))
    references += _box(b"cdsc", struct.pack(">HHH", data, 1, grid))

    def meta(start: int) -> bytes:
        """The box of all items, whose data begins at `start`: that of the Exif data, then tiles of 20 KB."""
        places = [(data, start, len(item))] + [
            (i, start + len(item) + 20_000 * (i - 1), 20_000) for i in range(1, grid)
        ]
        located = b"".join(struct.pack(">HHHHII", i, 0, 0, 1, offset, length) for i, offset, length in places)
        return _box(
            b"meta",
            bytes(4)
            + _box(b"hdlr", bytes(8) + b"pict" + bytes(13))
            + _box(b"pitm", struct.pack(">IH", 0, grid))
            + _box(b"iinf", struct.pack(">IH", 0, len(entries)) + b"".join(entries))
            + _box(b"iref", bytes(4) + references)
            + _box(b"iprp", _box(b"ipco", b"".join(properties)) + _box(b"ipma", uses))
            + _box(b"iloc", b"\1\0\0\0\x44\0" + struct.pack(">H", len(places)) + located),
        )

    start = len(header) + len(meta(0)) + 8
    return header + meta(start) + struct.pack(">I", len(item) + 8 + 20_000 * tiles) + b"mdat" + item


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def _filled(image: bytes, length: int) -> bytes:
    return image + _noise(max(0, length - len(image)))


def _noise(length: int) -> bytes:
    """Bytes like those of a compressed picture: of a JPEG image none that reads as a marker."""
    return random.Random(length).randbytes(length).replace(b"\xff", b"\xfe")
