//! The fields of Exif (CIPA DC-008-2023) that an answer has, and a warning for each that is there and cannot be used.

use super::source::Source;
use super::tiff::{Field, Tiff};

#[derive(Default)]
pub struct Exif {
    pub orientation: Option<u8>,
    pub taken_at: Option<String>,
    pub taken_at_offset: Option<String>,
    pub make: Option<String>,
    pub model: Option<String>,
    pub lens: Option<String>,
    pub exposure_time: Option<f64>,
    pub f_number: Option<f64>,
    pub iso: Option<u32>,
    pub focal_length: Option<f64>,
    /// Latitude and longitude, in degrees.
    pub position: Option<[f64; 2]>,
    /// In metres.
    pub altitude: Option<f64>,
    pub warnings: Vec<&'static str>,
}

pub const STRUCTURE: &str = "exif: expected a TIFF structure";
pub const DIRECTORY: &str = "exif: expected a directory of fields";
pub const ORIENTATION: &str = "orientation: expected one 16-bit integer from 1 to 8";
pub const TAKEN_AT: &str = "takenAt: expected a date and a time";
pub const TAKEN_AT_OFFSET: &str = "takenAtOffset: expected hours and minutes";
pub const MAKE: &str = "make: expected a text";
pub const MODEL: &str = "model: expected a text";
pub const LENS: &str = "lens: expected a text";
pub const TIME: &str = "exposure.time: expected a number";
pub const F_NUMBER: &str = "exposure.fNumber: expected a number";
pub const ISO: &str = "exposure.iso: expected an integer";
pub const FOCAL_LENGTH: &str = "exposure.focalLength: expected a number";
pub const POSITION: &str = "gps: expected degrees and their direction";
pub const ALTITUDE: &str = "gps.altitude: expected a number";

/// What `data` says. Three directories of its TIFF structure are looked at, each once.
pub fn read(data: &Source) -> Exif {
    let mut exif = Exif::default();
    match Tiff::new(data) {
        Some((tiff, first)) => exif.read_image(&tiff, first),
        None => exif.warnings.push(STRUCTURE),
    }
    exif
}

impl Exif {
    fn read_image(&mut self, tiff: &Tiff, at: u32) {
        let tags = [0x010f, 0x0110, 0x0112, 0x8769, 0x8825];
        let [make, model, orientation, camera, gps] = self.directory(tiff, at, tags);
        self.make = self.text(tiff, make, MAKE);
        self.model = self.text(tiff, model, MODEL);
        self.orientation = orientation.and_then(|field| {
            // Browsers and Android ignore one of another type, too.
            let turn = tiff.short(field).filter(|turn| (1..=8).contains(turn));
            self.expect(turn.map(|turn| turn as u8), ORIENTATION)
        });
        if let Some(at) = self.integer(tiff, camera, DIRECTORY) {
            self.read_camera(tiff, at);
        }
        if let Some(at) = self.integer(tiff, gps, DIRECTORY) {
            self.read_gps(tiff, at);
        }
    }

    fn read_camera(&mut self, tiff: &Tiff, at: u32) {
        let tags = [0x829a, 0x829d, 0x8827, 0x920a, 0xa434];
        let [time, f_number, iso, focal_length, lens] = self.directory(tiff, at, tags);
        self.exposure_time = self.number(tiff, time, TIME);
        self.f_number = self.number(tiff, f_number, F_NUMBER);
        self.iso = self.integer(tiff, iso, ISO).filter(|iso| *iso > 0);
        self.focal_length = self.number(tiff, focal_length, FOCAL_LENGTH);
        self.lens = self.text(tiff, lens, LENS);
        // When the picture was taken, else when it was digitized.
        let original = self.directory(tiff, at, [0x9003, 0x9291, 0x9011]);
        let digitized = self.directory(tiff, at, [0x9004, 0x9292, 0x9012]);
        self.read_time(tiff, original);
        if self.taken_at.is_none() {
            self.read_time(tiff, digitized);
        }
    }

    fn read_time(&mut self, tiff: &Tiff, [time, fraction, offset]: [Option<Field>; 3]) {
        let time = self.stamp(tiff, time, TAKEN_AT);
        let Some(mut time) = time.and_then(|time| self.expect(iso_time(time), TAKEN_AT)) else {
            return;
        };
        let fraction = fraction.and_then(|field| tiff.ascii(field));
        if let Some(digits) = fraction.and_then(digits) {
            time.push('.');
            time.push_str(digits);
        }
        self.taken_at = Some(time);
        if let Some(offset) = self.stamp(tiff, offset, TAKEN_AT_OFFSET) {
            self.taken_at_offset = self.expect(iso_offset(offset), TAKEN_AT_OFFSET);
        }
    }

    fn read_gps(&mut self, tiff: &Tiff, at: u32) {
        let [north, latitude, east, longitude, below, altitude] =
            self.directory(tiff, at, [1, 2, 3, 4, 5, 6]);
        if latitude.is_none() && longitude.is_none() {
            return;
        }
        let latitude = degrees(tiff, latitude, north, *b"NS", 90.0);
        let longitude = degrees(tiff, longitude, east, *b"EW", 180.0);
        self.position = self
            .expect(latitude.zip(longitude), POSITION)
            .map(Into::into);
        let altitude = altitude.and_then(|field| self.expect(tiff.fractions(field), ALTITUDE));
        // Odd numbers are for below the sea, or below the ellipsoid.
        let below = below
            .and_then(|field| tiff.integer(field))
            .is_some_and(|below| below % 2 == 1);
        self.altitude = altitude.map(|[metres]| if below { 0.0 - metres } else { metres });
    }

    /// The fields of these tags.
    fn directory<const N: usize>(
        &mut self,
        tiff: &Tiff,
        at: u32,
        tags: [u16; N],
    ) -> [Option<Field>; N] {
        let (fields, whole) = tiff.find(at, tags);
        self.expect(whole.then_some(()), DIRECTORY);
        fields
    }

    fn integer(
        &mut self,
        tiff: &Tiff,
        field: Option<Field>,
        expected: &'static str,
    ) -> Option<u32> {
        self.expect(tiff.integer(field?), expected)
    }

    /// A number, of which zero means that it is not known.
    fn number(&mut self, tiff: &Tiff, field: Option<Field>, expected: &'static str) -> Option<f64> {
        let [number] = self.expect(tiff.fractions(field?), expected)?;
        (number > 0.0).then_some(number)
    }

    fn text(
        &mut self,
        tiff: &Tiff,
        field: Option<Field>,
        expected: &'static str,
    ) -> Option<String> {
        let text = clean(self.expect(tiff.ascii(field?), expected)?);
        (!text.is_empty()).then_some(text)
    }

    /// A time or an offset, unless it has the blanks or zeros that mean that it is not known.
    fn stamp<'a>(
        &mut self,
        tiff: &Tiff<'_, 'a>,
        field: Option<Field>,
        expected: &'static str,
    ) -> Option<&'a [u8]> {
        let text = self.expect(tiff.ascii(field?), expected)?;
        let known = text.iter().any(|byte| !b" :0\0".contains(byte));
        known.then_some(text)
    }

    /// Warns when there is no value.
    fn expect<T>(&mut self, value: Option<T>, expected: &'static str) -> Option<T> {
        if value.is_none() && !self.warnings.contains(&expected) {
            self.warnings.push(expected);
        }
        value
    }
}

/// The most characters of a text that are kept.
const LONGEST: usize = 256;

/// A text up to its first NUL, of visible characters and spaces.
fn clean(bytes: &[u8]) -> String {
    // No character of UTF-8 has more than four bytes.
    let bytes = &bytes[..bytes.len().min(4 * LONGEST)];
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let visible = text.trim().chars().filter(|char| !char.is_control());
    visible.take(LONGEST).collect()
}

/// `2021:05:01 12:34:56` as ISO 8601 has it.
fn iso_time(text: &[u8]) -> Option<String> {
    let text = text
        .get(..19)
        .filter(|text| is_like(text, b"0000:00:00 00:00:00"))?;
    let number = |at: usize| (text[at] - b'0') * 10 + (text[at + 1] - b'0');
    let [century, year, month, day] = [0, 2, 5, 8].map(number);
    let leap = year % 4 == 0 && (year > 0 || century % 4 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 0,
    };
    let exists = (1..=days).contains(&day) && number(11) < 24 && number(14) < 60 && number(17) < 60;
    let date = text.iter().enumerate().map(|(at, byte)| match at {
        4 | 7 => '-',
        10 => 'T',
        _ => char::from(*byte),
    });
    exists.then(|| date.collect())
}

/// The decimals of a second.
fn digits(text: &[u8]) -> Option<&str> {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let digits = str::from_utf8(&text[..end.min(9)]).ok()?;
    (!digits.is_empty()).then_some(digits)
}

/// `+02:00`.
fn iso_offset(text: &[u8]) -> Option<String> {
    let (sign, time) = text.get(..6)?.split_first()?;
    let known = matches!(sign, b'+' | b'-')
        && is_like(time, b"00:00")
        && *time < b"24"[..]
        && time[3] < b'6';
    known.then(|| text[..6].iter().map(|byte| char::from(*byte)).collect())
}

/// Whether a text has the pattern's characters, with any digits for its zeros.
fn is_like(text: &[u8], pattern: &[u8]) -> bool {
    let alike =
        |(byte, wanted): (&u8, &u8)| byte == wanted || *wanted == b'0' && byte.is_ascii_digit();
    text.len() == pattern.len() && text.iter().zip(pattern).all(alike)
}

/// Degrees, minutes and seconds as degrees, below zero in the second direction.
fn degrees(
    tiff: &Tiff,
    angle: Option<Field>,
    direction: Option<Field>,
    [positive, negative]: [u8; 2],
    most: f64,
) -> Option<f64> {
    let [degrees, minutes, seconds] = tiff.fractions(angle?)?;
    let angle = degrees + minutes / 60.0 + seconds / 3600.0;
    let sign = match *tiff.ascii(direction?)?.first()? {
        letter if letter == positive => 1.0,
        letter if letter == negative => -1.0,
        _ => return None,
    };
    // Not minus zero.
    (angle <= most).then_some(0.0 + sign * angle)
}
