//! HEIC and AVIF files for tests.

use super::samples::{HEIGHT, PIXELS, WIDTH};

/// The properties of the pictures in a file, of which the first one is the primary item. No other one counts.
pub type Pictures = Vec<Vec<Vec<u8>>>;

/// Turned by a quarter.
pub fn turned() -> Pictures {
    vec![
        vec![ispe(WIDTH.into(), HEIGHT.into()), irot(1)],
        vec![ispe(2000, 1000)],
    ]
}

/// Tiles, and a picture made of them, which is cropped to an even size, turned and mirrored.
pub fn cropped() -> Pictures {
    let [width, height] = [WIDTH, HEIGHT].map(u32::from);
    vec![
        vec![
            ispe(width + 112, height + 213),
            clap([width, 1, height, 1, (-56_i32) as u32, 1, 213, 2]),
            irot(3),
            imir(1),
        ],
        vec![ispe(512, 512)],
    ]
}

pub fn ispe(width: u32, height: u32) -> Vec<u8> {
    put_box(b"ispe", &[&words(&[0, width, height])])
}

/// The fractions of the width, the height, and the place of the centre.
pub fn clap(fractions: [u32; 8]) -> Vec<u8> {
    put_box(b"clap", &[&words(&fractions)])
}

/// Turns by so many quarters.
pub fn irot(quarters: u8) -> Vec<u8> {
    put_box(b"irot", &[&[quarters]])
}

pub fn imir(axis: u8) -> Vec<u8> {
    put_box(b"imir", &[&[axis]])
}

/// The Exif data stands in the box `idat`, or else after the pixels.
pub fn heif(brand: &[u8; 4], exif: &[u8], first: bool, pictures: &Pictures) -> Vec<u8> {
    let header = put_box(b"ftyp", &[brand, &[0; 4], b"mif1", brand]);
    let exif = [&[0, 0, 0, 6], &b"Exif\0\0"[..], exif].concat();
    let meta = |at: usize| {
        let items = [
            put_box(b"infe", &[&[2, 0, 0, 0], &[0, 1, 0, 0], b"hvc1", &[0]]),
            put_box(b"infe", &[&[2, 0, 0, 0], &[0, 2, 0, 0], b"Exif", &[0]]),
        ];
        let places: [&[u8]; 5] = [
            // The version, sizes of the numbers that follow, two items.
            &[1, 0, 0, 0, 0x44, 0, 0, 2],
            // The pixels, of which only the number is of interest.
            &[0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0, 2, 0, u8::from(first), 0, 0, 0, 1],
            &words(&[at as u32]),
            &words(&[exif.len() as u32]),
        ];
        put_box(
            b"meta",
            &[
                &[0; 4],
                &put_box(b"pitm", &[&[0, 0, 0, 0, 0, 10]]),
                &put_box(b"iinf", &[&[0, 0, 0, 0, 0, 2], &items.concat()]),
                &properties(pictures),
                &put_box(b"iloc", &places),
                &put_box(b"idat", &[if first { &exif } else { &[] }]),
            ],
        )
    };
    if first {
        return [header, meta(0), put_box(b"mdat", &[PIXELS])].concat();
    }
    let at = header.len() + meta(0).len() + 8 + PIXELS.len();
    [header, meta(at), put_box(b"mdat", &[PIXELS, &exif])].concat()
}

/// The pictures are items from 10 on; the table has the last one first.
fn properties(pictures: &Pictures) -> Vec<u8> {
    let mut table = vec![];
    let mut number = 0;
    for (item, properties) in (10..).zip(pictures) {
        let numbers = properties.iter().map(|_| {
            number += 1;
            // The first bit is for those that a reader has to know.
            0x80 | number
        });
        let mut entry = vec![0, item, properties.len() as u8];
        entry.extend(numbers);
        table.insert(0, entry);
    }
    let boxes = pictures.concat().concat();
    put_box(
        b"iprp",
        &[
            &put_box(b"ipco", &[&boxes]),
            &put_box(
                b"ipma",
                &[&words(&[0, table.len() as u32]), &table.concat()],
            ),
        ],
    )
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

pub fn put_box(name: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&words(&[content.len() as u32 + 8])[..], name, &content].concat()
}
