//! What serde expected, in the words of JSON: a client knows nothing of Rust's types.

use crate::message::joined;

/// serde's words, and those of JSON. After words that end with a space comes the name of a type. An integer has its
/// range.
const WORDS: [(&str, &str); 35] = [
    ("u8", "0 to 255"),
    ("u16", "0 to 65535"),
    ("u32", "0 to 4294967295"),
    ("u64", "0 to 18446744073709551615"),
    ("u128", "0 to 2^128-1"),
    ("i8", "-128 to 127"),
    ("i16", "-32768 to 32767"),
    ("i32", "-2147483648 to 2147483647"),
    ("i64", "-9223372036854775808 to 9223372036854775807"),
    ("i128", "-2^127 to 2^127-1"),
    // No client comes near the greatest one.
    ("a nonzero u64", "an integer of at least 1"),
    ("a nonzero u128", "an integer of at least 1"),
    ("f32", "a number"),
    ("f64", "a number"),
    ("a sequence", "an array"),
    ("tuple struct ", "an array"),
    ("tuple variant ", "an array"),
    ("a tuple of size ", "an array"),
    ("a map", "an object"),
    ("map with a single key", "an object with one member"),
    ("struct ", "an object"),
    ("struct variant ", "an object"),
    ("internally tagged enum ", "an object"),
    ("adjacently tagged enum ", "an object"),
    // A variant with content, when only its name or other content was found.
    ("tuple variant", "an object with an array"),
    ("newtype variant", "an object"),
    ("enum ", "a string or an object"),
    ("string or map", "a string or an object"),
    ("a borrowed ", "a string without escapes"),
    ("a borrowed byte array", "a string without escapes"),
    ("byte array", "a string or an array"),
    ("unit", "null"),
    ("unit struct ", "null"),
    ("unit variant ", "null"),
    ("variant identifier", "a string"),
];

/// What a type says in its own words, as by `#[serde(expecting = "...")]`, stays as it is.
pub fn in_json_terms(words: &str) -> String {
    let nonzero = words.strip_prefix("a nonzero ");
    let found = found(words).or_else(|| found(nonzero?));
    match (found, nonzero) {
        (None, _) => words.to_owned(),
        (Some(range), None) if is_range(range) => joined(&["an integer from ", range]),
        (Some(range), Some(_)) if is_range(range) => match range.strip_prefix('0') {
            Some(rest) => joined(&["an integer from 1", rest]),
            None => joined(&["an integer from ", range, ", but not 0"]),
        },
        (Some(json), _) => json.to_owned(),
    }
}

fn is_range(json: &str) -> bool {
    matches!(json.as_bytes(), [b'0' | b'-', ..])
}

fn found(words: &str) -> Option<&'static str> {
    let words = match words {
        "usize" => USIZE,
        "isize" => ISIZE,
        words => words,
    };
    let is = |rust: &str| match words.strip_prefix(rust) {
        Some(rest) if rust.ends_with(' ') => is_name(rest),
        rest => rest == Some(""),
    };
    WORDS
        .iter()
        .find(|(rust, _)| is(rust))
        .map(|(_, json)| *json)
}

/// Whether this is the name of a type, with or without the length of an array, and not the rest of a sentence that only
/// begins as serde's words do.
fn is_name(words: &str) -> bool {
    let mut words = words.split(' ').skip(1);
    match words.next() {
        None => true,
        Some("with") => words.nth(1).is_some_and(|word| word.starts_with("element")),
        Some(_) => false,
    }
}

const USIZE: &str = if usize::BITS == 32 { "u32" } else { "u64" };
const ISIZE: &str = if usize::BITS == 32 { "i32" } else { "i64" };

/// The same of an array of another length, which is the one number among serde's words.
pub fn of_length(words: &str) -> String {
    let mut json = in_json_terms(words);
    if words.ends_with(" in sequence") {
        json = "an array".to_owned();
    }
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    match words.split(' ').find(is_number) {
        Some(length) if json == "an array" => joined(&["an array of length ", length]),
        _ => json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_length_of_an_array() {
        for (rust, json) in [
            ("tuple struct Pair with 2 elements", "an array of length 2"),
            (
                "tuple variant Shape::Line with 3 elements",
                "an array of length 3",
            ),
            ("a tuple of size 4", "an array of length 4"),
            ("5 elements in sequence", "an array of length 5"),
            ("an array of length 6", "an array of length 6"),
            ("a list of 7 tags at most", "a list of 7 tags at most"),
        ] {
            assert_eq!(of_length(rust), json, "{rust}");
        }
    }

    #[test]
    fn the_words_of_json_take_the_place_of_rusts() {
        for (rust, json) in [
            ("u8", "an integer from 0 to 255"),
            ("i8", "an integer from -128 to 127"),
            ("a nonzero u16", "an integer from 1 to 65535"),
            (
                "a nonzero i16",
                "an integer from -32768 to 32767, but not 0",
            ),
            ("a nonzero u64", "an integer of at least 1"),
            ("f32", "a number"),
            ("struct Order", "an object"),
            ("struct variant Shape::Square", "an object"),
            ("enum Colour", "a string or an object"),
            ("a borrowed string", "a string without escapes"),
            ("a borrowed path", "a string without escapes"),
            ("a borrowed byte array", "a string without escapes"),
            ("unit", "null"),
            ("tuple struct Pair with 2 elements", "an array"),
            ("tuple variant Shape::Line with 3 elements", "an array"),
            ("tuple variant", "an object with an array"),
            ("a tuple of size 4", "an array"),
            ("unit price in cents", "unit price in cents"),
            (
                "a tuple of latitude and longitude",
                "a tuple of latitude and longitude",
            ),
            ("enum of colours", "enum of colours"),
            ("struct with a name", "struct with a name"),
            ("variant of the product", "variant of the product"),
            ("string or map", "a string or an object"),
            ("an array of length 6", "an array of length 6"),
            ("tuple struct Pair", "an array"),
            ("unit struct Nothing", "null"),
            ("unit variant Shape::Point", "null"),
            ("a date as 2026-01-31", "a date as 2026-01-31"),
        ] {
            assert_eq!(in_json_terms(rust), json, "{rust}");
        }
    }

    #[test]
    fn the_range_of_an_integer_is_that_of_the_type() {
        macro_rules! ranges {
            ($($type:ident)*) => {
                $(assert_eq!(
                    in_json_terms(stringify!($type)),
                    format!("an integer from {} to {}", $type::MIN, $type::MAX),
                );)*
            };
        }
        ranges!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
    }
}
