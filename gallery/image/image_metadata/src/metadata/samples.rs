//! Small images of each kind, for tests: whole in all that is read, with something in the place of the pixels.

use super::heif_samples::{cropped, heif, turned};
use wasm_bindgen::prelude::wasm_bindgen;

/// The samples one after the other, for worker/test/mutations.test.ts; none after the last.
#[wasm_bindgen]
pub fn sample_image(number: usize) -> Option<Vec<u8>> {
    all().into_iter().nth(number).map(|(_, image)| image)
}

/// Each with its name.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let exif = tiff(Order::Little, &photo());
    vec![
        ("JPEG", jpeg(Some(&exif))),
        ("JPEG, big-endian", jpeg(Some(&tiff(Order::Big, &photo())))),
        ("JPEG without Exif", jpeg(None)),
        ("PNG, Exif first", png(Some(&exif), None)),
        ("PNG, Exif last", png(None, Some(&exif))),
        ("PNG without Exif", png(None, None)),
        ("WebP, lossy", webp_lossy()),
        ("WebP, lossless", webp_lossless()),
        ("WebP, Exif last", webp_extended(&exif)),
        ("HEIC, Exif first", heif(b"heic", &exif, true, &turned())),
        ("HEIC, Exif last", heif(b"heic", &exif, false, &turned())),
        ("AVIF, Exif first", heif(b"avif", &exif, true, &turned())),
        ("AVIF, Exif last", heif(b"avif", &exif, false, &turned())),
        ("HEIC, cropped", heif(b"heic", &exif, true, &cropped())),
        ("AVIF, cropped", heif(b"avif", &exif, true, &cropped())),
        ("TIFF, little-endian", tiff(Order::Little, &scan())),
        ("TIFF, big-endian", tiff(Order::Big, &scan())),
    ]
}

/// Says that the picture is to be turned, which counts nowhere.
const XMP: &str = "<rdf:Description tiff:Orientation=\"8\"/>";

pub const WIDTH: u16 = 400;
pub const HEIGHT: u16 = 300;
/// An odd number of bytes, after which a WebP chunk is padded.
pub const PIXELS: &[u8] =
    b"\x12\x34\xff\0 and so on for many bytes more, which nobody has to read.";

#[derive(Clone, Copy)]
pub enum Order {
    Little,
    Big,
}

/// The values of a field of a TIFF structure.
pub enum Values {
    Text(&'static str),
    Byte(u8),
    Short(u16),
    Shorts([u16; 2]),
    Long(u32),
    Fractions(Vec<[u32; 2]>),
    Directory(Fields),
}

pub type Fields = Vec<(u16, Values)>;

use Values::{Byte, Directory, Fractions, Long, Short, Shorts, Text};

/// A field of each kind that an answer has.
pub fn photo() -> Fields {
    let camera = vec![
        (0x829a, Fractions(vec![[1, 200]])),
        (0x829d, Fractions(vec![[18, 10]])),
        (0x8827, Short(125)),
        (0x9003, Text("2021:05:01 12:34:56")),
        (0x9011, Text("+02:00")),
        (0x920a, Fractions(vec![[42, 10]])),
        (0x9291, Text("789")),
        (0xa434, Text("Lens 4.2mm f/1.8")),
    ];
    let gps = vec![
        (1, Text("S")),
        (2, Fractions(vec![[33, 1], [30, 1], [36, 1]])),
        (3, Text("E")),
        (4, Fractions(vec![[151, 1], [12, 1], [0, 1]])),
        (5, Byte(1)),
        (6, Fractions(vec![[25, 10]])),
    ];
    vec![
        (0x010f, Text("Maker")),
        (0x0110, Text("Model 1")),
        (0x0112, Short(6)),
        (0x8769, Directory(camera)),
        (0x8825, Directory(gps)),
    ]
}

/// The same with the fields that a TIFF image needs.
fn scan() -> Fields {
    let mut fields = vec![
        (0x0100, Long(WIDTH.into())),
        (0x0101, Short(HEIGHT)),
        (0x0102, Shorts([8, 8])),
        (0x02bc, Text(XMP)),
    ];
    fields.extend(photo());
    fields
}

pub fn tiff(order: Order, fields: &Fields) -> Vec<u8> {
    let mut out = match order {
        Order::Little => b"II*\0\x08\0\0\0".to_vec(),
        Order::Big => b"MM\0*\0\0\0\x08".to_vec(),
    };
    put_directory(&mut out, order, fields);
    out
}

/// Fields, then the place of no other directory, then the values that are too long for a field.
fn put_directory(out: &mut Vec<u8>, order: Order, fields: &Fields) {
    let start = out.len();
    out.resize(start + 2 + 12 * fields.len() + 4, 0);
    out[start..start + 2].copy_from_slice(&short(order, fields.len() as u16));
    for (index, (tag, values)) in fields.iter().enumerate() {
        let (kind, count, bytes): (u16, usize, Vec<u8>) = match values {
            Text(text) => (2, text.len() + 1, [text.as_bytes(), b"\0"].concat()),
            Byte(value) => (1, 1, vec![*value]),
            Short(value) => (3, 1, short(order, *value).to_vec()),
            Shorts(values) => (3, 2, values.map(|value| short(order, value)).concat()),
            Long(value) => (4, 1, long(order, *value).to_vec()),
            Fractions(fractions) => {
                let numbers = fractions.iter().flatten();
                let bytes = numbers.flat_map(|number| long(order, *number)).collect();
                (5, fractions.len(), bytes)
            }
            Directory(_) => (4, 1, long(order, out.len() as u32).to_vec()),
        };
        let mut value = bytes.clone();
        if bytes.len() > 4 {
            value = long(order, out.len() as u32).to_vec();
            out.extend(bytes);
        }
        if let Directory(fields) = values {
            put_directory(out, order, fields);
        }
        value.resize(4, 0);
        let field = [
            &short(order, *tag)[..],
            &short(order, kind),
            &long(order, count as u32),
            &value,
        ];
        let at = start + 2 + 12 * index;
        out[at..at + 12].copy_from_slice(&field.concat());
    }
}

fn short(order: Order, number: u16) -> [u8; 2] {
    match order {
        Order::Little => number.to_le_bytes(),
        Order::Big => number.to_be_bytes(),
    }
}

fn long(order: Order, number: u32) -> [u8; 4] {
    match order {
        Order::Little => number.to_le_bytes(),
        Order::Big => number.to_be_bytes(),
    }
}

pub fn jpeg(exif: Option<&[u8]>) -> Vec<u8> {
    let mut image = vec![0xff, 0xd8];
    put_segment(&mut image, 0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    if let Some(exif) = exif {
        // With a thumbnail, whose size is another one.
        let thumbnail = [&[0xff, 0xd8][..], &frame(40, 30), &[0xff, 0xd9]].concat();
        put_segment(&mut image, 0xe1, &[b"Exif\0\0", exif, &thumbnail].concat());
    }
    put_segment(
        &mut image,
        0xe1,
        &[b"http://ns.adobe.com/xap/1.0/\0", XMP.as_bytes()].concat(),
    );
    image.extend(frame(WIDTH, HEIGHT));
    put_segment(&mut image, 0xda, &[1, 1, 0, 0, 63, 0]);
    [&image, PIXELS, &[0xff, 0xd9]].concat()
}

fn put_segment(image: &mut Vec<u8>, code: u8, content: &[u8]) {
    let length = (content.len() as u16 + 2).to_be_bytes();
    image.extend([0xff, code, length[0], length[1]]);
    image.extend(content);
}

fn frame(width: u16, height: u16) -> Vec<u8> {
    let ([w, x], [h, y]) = (width.to_be_bytes(), height.to_be_bytes());
    vec![0xff, 0xc0, 0, 11, 8, h, y, w, x, 1, 1, 0x11, 0]
}

fn png(before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<u8> {
    let sizes = [u32::from(WIDTH), u32::from(HEIGHT)].map(u32::to_be_bytes);
    let header = [sizes.as_flattened(), &[8, 2, 0, 0, 0]].concat();
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut put = |name: &[u8; 4], content: &[u8]| {
        let length = (content.len() as u32).to_be_bytes();
        // The check sum is left out: nobody reads it here.
        image.extend([&length[..], name, content, &[0; 4]].concat());
    };
    put(b"IHDR", &header);
    put(
        b"iTXt",
        &[b"XML:com.adobe.xmp\0\0\0\0\0", XMP.as_bytes()].concat(),
    );
    if let Some(exif) = before {
        put(b"eXIf", exif);
    }
    put(b"IDAT", PIXELS);
    if let Some(exif) = after {
        put(b"eXIf", exif);
    }
    put(b"IEND", b"");
    image
}

fn webp_lossy() -> Vec<u8> {
    let sizes = [WIDTH, HEIGHT].map(u16::to_le_bytes);
    let frame = [b"\x10\0\0\x9d\x01\x2a", sizes.as_flattened(), PIXELS].concat();
    riff(&[(b"VP8 ", &frame)])
}

fn webp_lossless() -> Vec<u8> {
    let sizes = (u32::from(WIDTH) - 1) | ((u32::from(HEIGHT) - 1) << 14);
    riff(&[(
        b"VP8L",
        &[b"\x2f", &sizes.to_le_bytes()[..], PIXELS].concat(),
    )])
}

fn webp_extended(exif: &[u8]) -> Vec<u8> {
    let [width, height] = [WIDTH, HEIGHT].map(|size| (size - 1).to_le_bytes());
    let header = [12, 0, 0, 0, width[0], width[1], 0, height[0], height[1], 0];
    let [pixels, xmp] = [PIXELS, XMP.as_bytes()];
    riff(&[
        (b"VP8X", &header),
        (b"VP8 ", pixels),
        (b"XMP ", xmp),
        (b"EXIF", exif),
    ])
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut content = b"WEBP".to_vec();
    for (name, chunk) in chunks {
        content.extend([&name[..], &(chunk.len() as u32).to_le_bytes(), chunk].concat());
        content.resize(content.len().next_multiple_of(2), 0);
    }
    [b"RIFF", &(content.len() as u32).to_le_bytes()[..], &content].concat()
}
