//! JSON (RFC 8259) to serde's types and back, for bodies of some kilobytes up to megabytes. Strings are read and
//! written many bytes at a time, a string without escapes is borrowed from the body, and an error knows
//! the field and what was expected, but nothing of what was found.
//!
//! What runs for each value is `#[inline]`: it is compiled where the types are, which are another crate's.

mod cursor;
mod error;
mod key;
mod number;
mod read;
mod strings;
mod words;
mod write;

use crate::WasmError;
use crate::chars::from_utf8;
use error::{JsonError, not_utf8, refusal};
use read::Reader;
use serde::{Deserialize, Serialize};
use write::Writer;

/// Reads the one JSON value of `body`, or tells the client what is wrong with it.
#[track_caller]
pub fn from_slice<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, WasmError> {
    let text = from_utf8(body).map_err(|error| not_utf8(error.valid_up_to()))?;
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(value) => Ok(value),
        Err(error) => Err(refusal(text, error)),
    }
}

/// Appends a value as JSON. Fails for a map with a key that is no string, number or boolean, and when a type's own
/// Serialize does.
pub fn write<T: Serialize>(value: &T, json: &mut Vec<u8>) -> Result<(), JsonError> {
    value.serialize(Writer(json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Point,
        Circle(f32),
        Line(i8, i8),
        Square { side: u16 },
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Unit;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Metres(f64);

    /// A value of each of serde's shapes.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Everything<'a> {
        #[serde(borrow)]
        text: std::borrow::Cow<'a, str>,
        letter: char,
        yes: bool,
        small: i64,
        large: u128,
        length: Metres,
        none: Option<u8>,
        some: Option<u8>,
        unit: Unit,
        pair: (u8, String),
        shapes: Vec<Shape>,
        by_number: BTreeMap<i32, bool>,
        by_name: BTreeMap<String, Vec<()>>,
    }

    const JSON: &str = concat!(
        r#"{"text":"a\"\\\n\u0001é🦀","letter":"ß","yes":true,"small":-9223372036854775808,"#,
        r#""large":340282366920938463463374607431768211455,"length":0.5,"none":null,"some":7,"#,
        r#""unit":null,"pair":[1,""],"shapes":["Point",{"Circle":1.5},{"Line":[-1,1]},"#,
        r#"{"Square":{"side":2}"#,
        r#"}],"by_number":{"-1":true,"2":false},"by_name":{"":[null,null],"b":[]}"#,
        "}"
    );

    fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, JsonError> {
        let mut json = Vec::new();
        write(value, &mut json).map(|()| json)
    }

    #[test]
    fn each_shape_reads_as_it_was_written() {
        let everything: Everything = from_slice(JSON.as_bytes()).expect("every shape");
        assert_eq!(everything.shapes[3], Shape::Square { side: 2 });
        let json = written(&everything).expect("every shape");
        assert_eq!(String::from_utf8(json).as_deref(), Ok(JSON));
    }

    #[test]
    fn reads_integers_of_64_bits() {
        assert_eq!(from_slice(b"18446744073709551615"), Ok(u64::MAX));
        assert_eq!(from_slice(b"-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(from_slice(b"-0"), Ok(0_i64));
        assert!(from_slice::<u64>(b"18446744073709551616").is_err());
        assert!(from_slice::<u64>(b"-1").is_err());
        assert!(from_slice::<i64>(b"9223372036854775808").is_err());
        assert!(from_slice::<i64>(b"-9223372036854775809").is_err());
        assert_eq!(from_slice(b"18446744073709551616"), Ok(2_f64.powi(64)));
    }

    #[test]
    fn a_number_as_a_key_is_one_of_json() {
        assert_eq!(
            from_slice(br#"{"-1":2}"#),
            Ok(BTreeMap::from([(-1_i8, 2_u8)]))
        );
        for key in ["+1", "01", " 1", "1 ", "", "1.0", "256", "NaN", "-"] {
            let body = ["{\"", key, "\":1}"].concat();
            assert!(
                from_slice::<BTreeMap<u8, u8>>(body.as_bytes()).is_err(),
                "{key}"
            );
        }
    }

    #[test]
    fn a_float_is_read_as_serde_json_reads_it() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(untagged)]
        enum Number {
            Integer(i64),
            Float(f64),
        }
        assert_eq!(from_slice(b"1"), Ok(Number::Integer(1)));
        assert_eq!(from_slice(b"1"), Ok(1.0));
        assert_eq!(from_slice(b"3.4028235e38"), Ok(f32::MAX));
        assert!(from_slice::<f32>(b"3.5e38").is_err());
        let Ok(Number::Float(zero)) = from_slice(b"-0") else {
            panic!("expected a float: no integer has this sign");
        };
        assert!(zero.is_sign_negative());
    }

    #[test]
    fn writes_what_serde_json_has_as_text() {
        // As serde_json's RawValue, and its Number where a crate turns on the feature arbitrary_precision.
        #[derive(Serialize)]
        #[serde(rename = "$serde_json::private::RawValue")]
        struct Raw {
            #[serde(rename = "$serde_json::private::RawValue")]
            json: &'static str,
        }
        for text in [r#"{"a":["\\\"\n\u0001é", 1.50]}"#, "1.50", "true", r#""""#] {
            let json = written(&[Raw { json: text }]).expect("JSON");
            assert_eq!(String::from_utf8(json), Ok(format!("[{text}]")));
        }
    }

    #[test]
    fn borrows_a_string_without_an_escape() {
        let text: &str = from_slice("\"zñ漢🦀\"".as_bytes()).expect("a string");
        assert_eq!(text, "zñ漢🦀");
        assert!(from_slice::<&str>(br#""\n""#).is_err());
    }

    #[test]
    fn a_long_string_takes_no_more_memory_than_its_escapes_need() {
        for plain in [1, 3, 50] {
            for length in [70_000, 90_000, 110_000, 130_000] {
                let piece = "é".repeat(plain) + "\n";
                let text = piece.repeat(length / piece.len());
                let json = written(&text).expect("a string");
                assert!(json.capacity() < json.len() + json.len() / 6);
                let read: String = from_slice(&json).expect("a string");
                assert!(read == text && read.capacity() <= json.len());
            }
        }
    }

    #[test]
    fn the_end_of_a_long_string_has_its_place_too() {
        for more in 500..530 {
            let escapes = 10_000 + more;
            let text = "\n".repeat(escapes) + &"a".repeat(80_000 - escapes);
            let json = written(&text).expect("a string");
            assert!(json.capacity() < json.len() + json.len() / 6, "{more}");
        }
    }

    #[test]
    fn many_strings_with_escapes_move_the_answer_a_few_times() {
        for text in ["\n".repeat(500), "\"a\",".repeat(100), "\n".repeat(5000)] {
            let mut json = Vec::new();
            let mut moves = 0;
            for _ in 0..1000 {
                let before = json.capacity();
                write(&text, &mut json).expect("a string");
                moves += usize::from(json.capacity() != before);
            }
            assert!(moves < 100, "{moves} of strings of {} bytes", text.len());
        }
    }

    #[test]
    fn passes_over_what_is_unknown_at_any_depth() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let body = [r#"{"x":"#, &deep, r#","side":1}"#].concat();
        #[derive(Deserialize)]
        struct Square {
            side: u8,
        }
        let square: Square = from_slice(body.as_bytes()).expect("a square");
        assert_eq!(square.side, 1);
    }

    #[test]
    fn refuses_a_type_that_contains_itself_too_often() {
        #[derive(Deserialize)]
        struct Tree(#[allow(dead_code)] Vec<Tree>);
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(from_slice::<Tree>(nested(128).as_bytes()).is_ok());
        assert!(from_slice::<Tree>(nested(129).as_bytes()).is_err());
    }

    #[test]
    fn writes_no_key_that_is_no_name() {
        assert!(written(&BTreeMap::from([(vec![1], 1)])).is_err());
        assert!(written(&BTreeMap::from([((), 1)])).is_err());
        assert!(written(&BTreeMap::from([(None::<u8>, 1)])).is_err());
        assert!(written(&BTreeMap::from([(Unit, 1)])).is_err());
        #[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
        struct NotANumber(#[serde(serialize_with = "nan")] ());
        fn nan<S: serde::Serializer>(_: &(), serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_f64(f64::NAN)
        }
        assert!(written(&BTreeMap::from([(NotANumber(()), 1)])).is_err());
        let json = written(&BTreeMap::from([("a\"", 1)])).expect("a name");
        assert_eq!(json, br#"{"a\"":1}"#);
    }
}
