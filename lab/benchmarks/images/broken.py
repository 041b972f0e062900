"""Images that are cut off, damaged or made to do harm."""

import random
import struct
from collections.abc import Iterator

from .photos import small


def cases() -> dict[str, bytes]:
    """Each by what is wrong with it."""
    jpeg, heic, png = small().values()
    text = b"Not an image, whatever its name says.\n"
    model = jpeg.index(struct.pack(">HH", 0x0110, 2))
    exposure = jpeg.index(struct.pack(">II", 1, 240))
    camera = jpeg.index(struct.pack(">HH", 0x8769, 4))
    brands = heic[: heic.index(b"meta") - 4]
    return {
        "no bytes": b"",
        "a text": text,
        "JPEG, cut off in its Exif data": jpeg[:300],
        "JPEG, cut off before its size": jpeg[: jpeg.index(b"\xff\xc0")],
        "JPEG, a field leads past the end": _with(jpeg, model + 8, b"\x7f\xff\xff\xff"),
        "JPEG, a denominator of zero": _with(jpeg, exposure + 4, bytes(4)),
        "JPEG, a directory leads to itself": _with(jpeg, camera + 8, struct.pack(">I", 8)),
        "TIFF, 1 MB of directories in each other": _nested(1 << 20),
        "HEIC, cut off in its boxes": heic[:1000],
        "HEIC, a box without a length": brands + b"\0\0\0\0free" + heic[len(brands) :],
        "PNG, a chunk of 2 GB": _with(png, png.index(b"IDAT") - 4, b"\x7f\xff\xff\xff"),
    }


def mutants(number: int, seed: int) -> Iterator[bytes]:
    """So many images with one to eight damaged bytes, each third of them cut off too; the same for the same seed."""
    chance = random.Random(seed)
    images = list(small().values())
    for turn in range(number):
        image = bytearray(images[turn % len(images)])
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(image))
            image[at] = chance.choice([0, 0xFF, image[at] ^ 1 << chance.randrange(8), chance.randrange(256)])
        yield bytes(image[: chance.randrange(len(image))] if chance.random() < 1 / 3 else image)


def _with(image: bytes, at: int, other: bytes) -> bytes:
    return image[:at] + other + image[at + len(other) :]


def _nested(length: int) -> bytes:
    """A TIFF image with thousands of fields that each lead to another directory of thousands, in shared bytes."""
    number = 60_000
    shared = 10 + 12 * number
    size = struct.pack(">HHIIHHII", 0x100, 4, 1, 400, 0x101, 4, 1, 300)
    leading = (struct.pack(">HHII", 0x8769, 4, 1, shared + 12 * (turn % 10_000)) for turn in range(number - 2))
    head = b"MM\0*" + struct.pack(">IH", 8, number) + size + b"".join(leading)
    # Read from its start it says 10,000 fields; as a field, from two bytes further on, a byte.
    return head + struct.pack(">HHII", 10_000, 1, 0x00010000, 0x00010000) * ((length - len(head)) // 12)
