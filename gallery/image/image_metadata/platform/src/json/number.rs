//! Numbers as JSON writes them, in as few digits as give the same number again.

/// The decimal digits of an integer, with a minus where `negative`.
#[inline]
pub fn write_integer(json: &mut Vec<u8>, magnitude: u64, negative: bool) {
    write_decimal(json, magnitude, 0, negative);
}

/// A float in as few digits as JavaScript, but with the sign of `-0`, and of up to 15 digits without an exponent: `0.0000001`
/// for its `1e-7`. `null` for what is no number.
pub fn write_float(json: &mut Vec<u8>, value: f64) {
    write_shortest(json, value, |decimal| decimal == value.abs());
}

/// The same for a float of 32 bits, which needs fewer digits. When it is 1e15 or more, or needs more than 15 places
/// after the point, it is written as the float of 64 bits that is equal to it, in up to 17 digits.
pub fn write_short_float(json: &mut Vec<u8>, value: f32) {
    write_shortest(json, value.into(), |decimal| decimal as f32 == value.abs());
}

fn write_shortest(json: &mut Vec<u8>, value: f64, same: impl Fn(f64) -> bool) {
    if !value.is_finite() {
        return json.extend_from_slice(b"null");
    }
    // Most floats in an answer have few digits. Up to 15 of them stay what they are in an f64, so no shorter
    // text can mean the same; and an integer below 2^53 over a power of ten up to 10^22 is divided exactly
    // (Clinger, How to Read Floating Point Numbers Accurately, 1990).
    let mut power = 1.0;
    for decimals in 0..16 {
        let digits = (value.abs() * power).round_ties_even();
        if digits >= 1e15 {
            break;
        }
        if same(digits / power) {
            return write_decimal(json, digits as u64, decimals, value.is_sign_negative());
        }
        power *= 10.0;
    }
    json.extend_from_slice(in_full(value).as_bytes());
}

/// Digits with a point before the last `decimals` of them.
#[inline]
fn write_decimal(json: &mut Vec<u8>, mut digits: u64, decimals: usize, negative: bool) {
    // As many as u64::MAX has, and a point.
    let mut text = [0; 21];
    let mut start = text.len();
    for (place, byte) in text.iter_mut().rev().enumerate() {
        start -= 1;
        if place == decimals && decimals > 0 {
            *byte = b'.';
            continue;
        }
        *byte = b'0' + (digits % 10) as u8;
        digits /= 10;
        if digits == 0 && place >= decimals {
            break;
        }
    }
    if negative {
        json.extend_from_slice(b"-");
    }
    json.extend_from_slice(text.get(start..).unwrap_or_default());
}

/// By the runtime: Rust's own code for it would be a fifth of a small module.
#[cfg(target_arch = "wasm32")]
fn in_full(value: f64) -> String {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = String)]
        fn string(value: f64) -> String;
    }
    string(value)
}

/// The same by its rules (ECMA-262, Number::toString), so that `cargo test` sees what the Worker answers.
#[cfg(not(target_arch = "wasm32"))]
fn in_full(value: f64) -> String {
    if value < 0.0 {
        return format!("-{}", in_full(-value));
    }
    let shortest = format!("{value:e}");
    let decimals = shortest.find('e').unwrap_or(0) - shortest.find('.').map_or(1, |at| at + 1);
    // Of two texts that are as short and as close JavaScript takes the even one, and so does rounding.
    let rounded = format!("{value:.decimals$e}");
    let text = if rounded.parse() == Ok(value) {
        rounded
    } else {
        shortest
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let plain = digits.replace('.', "");
    match exponent.parse::<i32>() {
        Ok(places @ 0..21) => {
            let whole = places as usize + 1;
            let (before, after) = plain.split_at_checked(whole).unwrap_or((&plain, ""));
            let point = if after.is_empty() { "" } else { "." };
            format!("{before:0<whole$}{point}{after}")
        }
        Ok(places @ -6..0) => {
            let zeros = -places as usize - 1;
            format!("0.{:0<zeros$}{plain}", "")
        }
        Ok(0..) => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: f64) -> String {
        let mut json = Vec::new();
        write_float(&mut json, value);
        String::from_utf8(json).expect("ASCII")
    }

    #[test]
    fn writes_integers() {
        for (magnitude, negative, expected) in [
            (0, false, "0"),
            (7, true, "-7"),
            (1200, false, "1200"),
            (u64::MAX, false, "18446744073709551615"),
            (1 << 63, true, "-9223372036854775808"),
        ] {
            let mut json = Vec::new();
            write_integer(&mut json, magnitude, negative);
            assert_eq!(json, expected.as_bytes());
        }
    }

    #[test]
    fn writes_floats_in_few_digits() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (3.0, "3"),
            (-0.0, "-0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.3, "0.3"),
            (12.345, "12.345"),
            (0.001, "0.001"),
            (1e14, "100000000000000"),
            (1e15, "1000000000000000"),
            (-1.5e20, "-150000000000000000000"),
            (1e21, "1e+21"),
            (-1e21, "-1e+21"),
            (-1e-323, "-1e-323"),
            (-1.0 / 3.0e5, "-0.0000033333333333333333"),
            (1_282_046_637_900_189.2, "1282046637900189.2"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (-1.25e300, "-1.25e+300"),
            (1e-7, "0.0000001"),
            (1e-15, "0.000000000000001"),
            (1e-16, "1e-16"),
            (1.0 / 3.0e5, "0.0000033333333333333333"),
            (1.0 / 3.0e7, "3.3333333333333334e-8"),
            (5e-324, "5e-324"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(float(value), expected);
        }
        for (value, expected) in [
            (0.1, "0.1"),
            (16_777_216.0, "16777216"),
            (3.4e38, "3.3999999521443642e+38"),
            (1e-20, "9.999999682655225e-21"),
        ] {
            let mut json = Vec::new();
            write_short_float(&mut json, value);
            assert_eq!(json, expected.as_bytes());
        }
    }

    #[test]
    fn writes_what_reads_as_the_same_float() {
        // Of so many, Miri takes too long.
        for digits in (1..2000_u32).step_by(if cfg!(miri) { 499 } else { 1 }) {
            for decimals in 0..20 {
                let value = f64::from(digits * 7919) / 10_f64.powi(decimals);
                assert_eq!(float(value).parse(), Ok(value));
            }
        }
    }
}
