use super::samples::{self, Fields, HEIGHT, Order, Values, WIDTH, photo, tiff};
use super::*;
use std::io::{BufRead, Read, Seek, SeekFrom};

/// What the samples say that have Exif data.
fn photo_of(format: Format) -> Metadata {
    let (width, height) = (WIDTH.into(), HEIGHT.into());
    Metadata {
        format,
        width,
        height,
        orientation: Some(6),
        display_width: height,
        display_height: width,
        taken_at: Some("2021-05-01T12:34:56.789".to_owned()),
        taken_at_offset: Some("+02:00".to_owned()),
        make: Some("Maker".to_owned()),
        model: Some("Model 1".to_owned()),
        lens: Some("Lens 4.2mm f/1.8".to_owned()),
        exposure: Some(Exposure {
            time: Some(0.005),
            f_number: Some(1.8),
            iso: Some(125),
            focal_length: Some(4.2),
        }),
        gps: Some(Gps {
            latitude: -33.51,
            longitude: 151.2,
            altitude: Some(-2.5),
        }),
        warnings: vec![],
    }
}

/// What a file of a format says that has nothing but its dimensions.
fn plain(format: Format) -> Metadata {
    let (width, height) = (WIDTH.into(), HEIGHT.into());
    Metadata {
        orientation: None,
        display_width: width,
        display_height: height,
        taken_at: None,
        taken_at_offset: None,
        make: None,
        model: None,
        lens: None,
        exposure: None,
        gps: None,
        ..photo_of(format)
    }
}

/// A HEIF file that turns itself.
fn turned(format: Format) -> Metadata {
    let photo = photo_of(format);
    Metadata {
        width: photo.height,
        height: photo.width,
        orientation: None,
        ..photo
    }
}

#[test]
fn reads_each_format() {
    use Format::{Avif, Heic, Jpeg, Png, Tiff, Webp};
    let rows = [
        ("JPEG", photo_of(Jpeg)),
        ("JPEG, big-endian", photo_of(Jpeg)),
        ("JPEG without Exif", plain(Jpeg)),
        ("PNG, Exif first", photo_of(Png)),
        ("PNG, Exif last", photo_of(Png)),
        ("PNG without Exif", plain(Png)),
        ("WebP, lossy", plain(Webp)),
        ("WebP, lossless", plain(Webp)),
        ("WebP, Exif last", photo_of(Webp)),
        ("HEIC, Exif first", turned(Heic)),
        ("HEIC, Exif last", turned(Heic)),
        ("AVIF, Exif first", turned(Avif)),
        ("AVIF, Exif last", turned(Avif)),
        ("HEIC, cropped", turned(Heic)),
        ("AVIF, cropped", turned(Avif)),
        ("TIFF, little-endian", photo_of(Tiff)),
        ("TIFF, big-endian", photo_of(Tiff)),
    ];
    for ((name, image), (expected_name, expected)) in samples::all().into_iter().zip(rows) {
        assert_eq!(name, expected_name);
        assert_eq!(of_image(&image), Ok(expected), "{name}");
    }
}

#[test]
fn a_prefix_says_the_same_as_the_whole_or_nothing() {
    let late =
        |name: &str| name.contains("last") || name.contains("TIFF") || name == "PNG without Exif";
    for (name, image) in samples::all() {
        let whole = of_image(&image);
        let enough = (0..=image.len()).filter(|end| {
            let (prefix, rest) = image.split_at(*end);
            let metadata = of_prefix(prefix);
            if metadata.is_ok() {
                let other = [prefix, &vec![0xff; rest.len() + 100]].concat();
                assert_eq!(metadata, whole, "{name}, the first {end} bytes");
                assert_eq!(of_image(&other), whole, "{name}, {end} bytes and others");
            }
            metadata.is_ok()
        });
        let read = enough.min().unwrap_or(usize::MAX);
        assert!(read <= image.len(), "{name}: refused as a whole");
        assert_eq!(
            late(name),
            read + 50 > image.len(),
            "{name}: {read} bytes read"
        );
    }
}

#[test]
fn knows_whether_more_bytes_could_matter() {
    type Reading = fn(&Source) -> bool;
    let rows: [(Reading, bool, bool); 9] = [
        (|source| source.get(1, 3).is_some(), true, false),
        (|source| source.get(1, 4).is_some(), false, true),
        (|source| source.get(u64::MAX, 1).is_some(), false, true),
        (|source| source.rest(1).is_some(), true, true),
        (
            |source| source.reader(1).read_exact(&mut [0; 3]).is_ok(),
            true,
            false,
        ),
        (
            |source| source.reader(1).read(&mut [0; 4]).is_ok(),
            true,
            true,
        ),
        (|source| source.reader(4).fill_buf().is_ok(), true, true),
        (
            |source| source.reader(0).seek(SeekFrom::Start(9)).is_ok(),
            true,
            false,
        ),
        (
            |source| source.reader(0).seek(SeekFrom::End(0)).is_ok(),
            true,
            true,
        ),
    ];
    for (number, (read, succeeds, ended)) in rows.into_iter().enumerate() {
        let source = Source::new(b"abcd");
        assert_eq!(
            (read(&source), source.ended()),
            (succeeds, ended),
            "row {number}"
        );
    }
}

/// Numbers that look random and are the same each time (Marsaglia, Xorshift RNGs, 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn answers_or_refuses_whatever_the_bytes() {
    let samples = samples::all();
    let mut random = Random(20_210_501);
    let mut answered = 0;
    for _ in 0..10_000 {
        let mut image = samples[random.below(samples.len())].1.clone();
        for _ in 0..=random.below(8) {
            let at = random.below(image.len());
            image[at] = [
                0,
                0xff,
                image[at] ^ 1 << random.below(8),
                random.below(256) as u8,
            ][random.below(4)];
        }
        let end = random.below(image.len() + 1);
        let [whole, cut] = [&image[..], &image[..end]].map(of_image);
        for result in [&whole, &cut] {
            match result {
                Ok(metadata) => {
                    answered += 1;
                    assert!(metadata.width > 0 && metadata.height > 0);
                }
                Err(error) => {
                    let known = ["missingField", "unsupportedMediaType", "corruptImage"];
                    assert!(known.contains(&error.code()), "{error}");
                }
            }
        }
        if let Ok(metadata) = of_prefix(&image[..end]) {
            assert_eq!(Ok(metadata), whole, "the first {end} bytes of {image:02x?}");
        }
    }
    assert!(
        answered > 5_000,
        "{answered} of 20,000 mutations were answered"
    );
}

#[test]
fn refuses_what_is_no_image() {
    let jpeg = samples::jpeg(None);
    let rows: [(&[u8], &str); 6] = [
        (b"", "missingField"),
        (b"a", "unsupportedMediaType"),
        (
            b"<!doctype html><title>a.jpg</title>",
            "unsupportedMediaType",
        ),
        (
            b"\0\0\0\x18ftypisom\0\0\0\0isomiso2",
            "unsupportedMediaType",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "corruptImage"),
        (&jpeg[..30], "corruptImage"),
    ];
    for (image, code) in rows {
        let error = of_image(image).expect_err(code);
        assert_eq!(error.code(), code, "{image:?}");
        let field = if image.is_empty() { "body" } else { "image" };
        let start = format!("{field}: expected ");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

/// What a photo says with some fields more, which come after its own.
fn photo_with(directory: Option<u16>, more: Fields) -> Metadata {
    let mut fields = photo();
    let fields_there = match directory {
        None => &mut fields,
        Some(tag) => fields
            .iter_mut()
            .find_map(|(found, values)| match values {
                Values::Directory(fields) if *found == tag => Some(fields),
                _ => None,
            })
            .expect("a directory of the photo"),
    };
    fields_there.extend(more);
    of_image(&samples::jpeg(Some(&tiff(Order::Big, &fields)))).expect("an image with dimensions")
}

const CAMERA: Option<u16> = Some(0x8769);
const GPS: Option<u16> = Some(0x8825);

#[test]
fn turns_by_the_orientation() {
    for turn in 1..=8 {
        let metadata = photo_with(None, vec![(0x0112, Values::Short(turn))]);
        let shown = (metadata.display_width, metadata.display_height);
        let (width, height) = (WIDTH.into(), HEIGHT.into());
        let swapped = turn >= 5;
        assert_eq!(
            shown,
            if swapped {
                (height, width)
            } else {
                (width, height)
            },
            "{turn}"
        );
    }
}

#[test]
fn leaves_out_what_cannot_be_used_and_says_so() {
    use Values::{Byte, Fractions, Long, Short, Shorts, Text};
    use exif::{
        ALTITUDE, FOCAL_LENGTH, ISO, LENS, MAKE, ORIENTATION, POSITION, TAKEN_AT, TAKEN_AT_OFFSET,
    };
    type Change = fn(&mut Metadata);
    let unturned: Change = |photo| {
        photo.orientation = None;
        (photo.display_width, photo.display_height) = (photo.width, photo.height);
    };
    let untimed: Change = |photo| (photo.taken_at, photo.taken_at_offset) = (None, None);
    let nowhere: Change = |photo| photo.gps = None;
    let rows: [(_, _, _, _, Change); 19] = [
        (None, 0x010f, Short(1), MAKE, |photo| photo.make = None),
        (None, 0x0112, Short(0), ORIENTATION, unturned),
        (None, 0x0112, Short(9), ORIENTATION, unturned),
        (None, 0x0112, Text("6"), ORIENTATION, unturned),
        // What browsers do not turn by.
        (None, 0x0112, Long(6), ORIENTATION, unturned),
        (None, 0x0112, Byte(6), ORIENTATION, unturned),
        (None, 0x0112, Shorts([6, 6]), ORIENTATION, unturned),
        (CAMERA, 0x8827, Text("1"), ISO, |photo| {
            exposure(photo).iso = None
        }),
        (
            CAMERA,
            0x920a,
            Fractions(vec![[1, 0]]),
            FOCAL_LENGTH,
            |photo| exposure(photo).focal_length = None,
        ),
        (CAMERA, 0xa434, Short(1), LENS, |photo| photo.lens = None),
        (
            CAMERA,
            0x9003,
            Text("2021:02:29 12:34:56"),
            TAKEN_AT,
            untimed,
        ),
        (
            CAMERA,
            0x9003,
            Text("2021-05-01T12:34:56"),
            TAKEN_AT,
            untimed,
        ),
        (
            CAMERA,
            0x9003,
            Text("2021:05:01 24:00:00"),
            TAKEN_AT,
            untimed,
        ),
        (CAMERA, 0x9011, Text("+24:00"), TAKEN_AT_OFFSET, |photo| {
            photo.taken_at_offset = None
        }),
        (
            GPS,
            2,
            Fractions(vec![[91, 1], [0, 1], [0, 1]]),
            POSITION,
            nowhere,
        ),
        (
            GPS,
            4,
            Fractions(vec![[9, 1], [0, 1], [0, 0]]),
            POSITION,
            nowhere,
        ),
        (GPS, 4, Fractions(vec![[9, 1]]), POSITION, nowhere),
        (GPS, 3, Text("N"), POSITION, nowhere),
        (GPS, 6, Fractions(vec![[1, 0]]), ALTITUDE, |photo| {
            photo.gps.as_mut().expect("a position").altitude = None;
        }),
    ];
    for (directory, tag, values, warning, change) in rows {
        let mut expected = photo_of(Format::Jpeg);
        change(&mut expected);
        expected.warnings = vec![warning];
        assert_eq!(photo_with(directory, vec![(tag, values)]), expected);
    }
}

fn exposure(photo: &mut Metadata) -> &mut Exposure {
    photo.exposure.as_mut().expect("an exposure")
}

#[test]
fn takes_what_is_blank_for_not_known() {
    use Values::{Fractions, Short, Text};
    let blank = photo_with(
        CAMERA,
        vec![
            (0x829a, Fractions(vec![[0, 1]])),
            (0x829d, Fractions(vec![[0, 1]])),
            (0x8827, Short(0)),
            (0x920a, Fractions(vec![[0, 1]])),
            (0x9003, Text("    :  :     :  :  ")),
            (0xa434, Text("  ")),
        ],
    );
    let expected = Metadata {
        taken_at: None,
        taken_at_offset: None,
        lens: None,
        exposure: None,
        ..photo_of(Format::Jpeg)
    };
    assert_eq!(blank, expected);
    // Then the time at which it was digitized counts.
    let digitized = vec![
        (0x9003, Text("0000:00:00 00:00:00")),
        (0x9004, Text("2024:02:29 00:00:00")),
    ];
    let metadata = photo_with(CAMERA, digitized);
    assert_eq!(metadata.taken_at.as_deref(), Some("2024-02-29T00:00:00"));
    assert_eq!(metadata.taken_at_offset, None);
}

#[test]
fn keeps_of_a_text_what_can_be_shown() {
    let long = "ß".repeat(300).leak();
    let rows = [(" a \n\u{7}b ", "a b"), ("a\0b", "a"), (long, &long[..512])];
    for (text, kept) in rows {
        let metadata = photo_with(None, vec![(0x010f, Values::Text(text))]);
        assert_eq!(metadata.make.as_deref(), Some(kept));
    }
}
