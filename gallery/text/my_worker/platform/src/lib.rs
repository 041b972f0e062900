//! The boundary: JSON bytes to a request, a response to JSON bytes, and how the module fails. It is the template's; an
//! update merges with your edits in it.
//!
//! JSON crosses as bytes both ways, so that no JavaScript string is made of it, and it is validated
//! here only. A panic leaves as a JavaScript exception; the instance is then unusable, as it is after
//! running out of memory or stack, and worker/platform/wasm.ts replaces it.

// To count and to read JSON takes half of what a block can do.
#[cfg_attr(not(feature = "fast-text"), allow(dead_code))]
mod block;
pub mod chars;
#[cfg(any(test, feature = "faults"))]
mod check;
mod error;
#[cfg(feature = "faults")]
mod faults;
mod json;
mod message;

pub use error::{Expected, Failure, OrWasmError, WasmError};

use serde::{Deserialize, Serialize};
use std::any::Any;
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads a `Request` from `body`, processes it, and writes the `Response` as JSON.
///
/// # Errors
/// [`WasmError::InvalidInput`] when `body` is not UTF-8, not a JSON object or has a field of a wrong
/// type or value; [`WasmError::MissingField`] when it lacks one; and what `process` returns.
#[track_caller]
pub fn answer<'a, Request, Response>(
    body: &'a [u8],
    process: impl FnOnce(Request) -> Result<Response, WasmError>,
) -> Result<Vec<u8>, WasmError>
where
    Request: Deserialize<'a>,
    Response: Serialize,
{
    respond(&process(json::from_slice(body)?)?)
}

/// Writes a `Response` as JSON: for an export whose body is not JSON.
///
/// # Errors
/// [`WasmError::Failed`] when JSON cannot say what the response holds.
#[track_caller]
pub fn respond(response: &impl Serialize) -> Result<Vec<u8>, WasmError> {
    let mut json = Vec::new();
    match json::write(response, &mut json) {
        Ok(()) => Ok(json),
        Err(error) => Err(error.failure()),
    }
}

/// Milliseconds of the Worker's clock, which stands still in production until the next I/O:
/// <https://developers.cloudflare.com/workers/runtime-apis/performance/>. 0 outside a Worker, as in `cargo test`.
pub fn now_ms() -> f64 {
    now()
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[cfg(not(target_arch = "wasm32"))]
fn now() -> f64 {
    0.0
}

/// Smaller and faster than Rust's own. And its blocks begin at multiples of 16, as those of the JavaScript engine do:
/// where one begins 1 to 15 bytes further into its page than the other, some processors copy between them 10 times
/// slower (<https://sourceware.org/bugzilla/show_bug.cgi?id=30994>).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[wasm_bindgen]
extern "C" {
    /// Its class stands in the module's JavaScript, put there by scripts/glue.mjs.
    type Panic;

    #[wasm_bindgen(constructor)]
    fn new(message: &str, place: Option<String>) -> Panic;
}

/// Makes a panic leave the module as an exception of a class that nothing else has.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(message::place);
        wasm_bindgen::throw_val(Panic::new(told(panic.payload()), place).into())
    }));
}

/// What the log gets of a panic's message. Static text is told as it is. Of one that is put together at run time
/// nothing is, for the client could have sent it; but of those of std's, which go on with values, the beginning.
fn told(payload: &dyn Any) -> &str {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        return text;
    }
    let message = payload.downcast_ref::<String>().map_or("", String::as_str);
    // In a development build, all of it.
    if cfg!(debug_assertions) {
        return message;
    }
    beginning(message)
}

/// How those messages of std's begin that go on with values.
const BEGINNINGS: [&str; 14] = [
    "called `Result::unwrap()` on an `Err` value",
    "index out of bounds",
    "range start index",
    "range end index",
    "slice index starts at",
    "start byte index",
    "end byte index",
    "byte range starts at",
    "begin > end",
    "assertion `left == right` failed",
    "assertion `left != right` failed",
    "RefCell already",
    "no entry found for key",
    "failed to spawn thread",
];

fn beginning(message: &str) -> &'static str {
    let known = BEGINNINGS.iter().find(|text| message.starts_with(**text));
    known.copied().unwrap_or_default()
}

/// What worker/platform/wasm.ts calls, and no Rust.
mod recovery {
    use wasm_bindgen::prelude::wasm_bindgen;

    /// Asks for a new instance before the next call. worker/platform/wasm.ts says when, and what comes next.
    #[wasm_bindgen]
    pub fn schedule_recovery() {
        wasm_bindgen::handler::schedule_reinit();
    }

    /// Does nothing: a call without arguments, at which the new instance is made.
    #[wasm_bindgen]
    pub fn complete_recovery() {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Deserialize, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Order {
        item_name: String,
        #[serde(default)]
        count: Option<std::num::NonZeroU32>,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Deserialize, Serialize)]
    struct Part {
        weight: f64,
    }

    /// A type whose message quotes what it found.
    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Even;

    impl TryFrom<String> for Even {
        type Error = String;

        fn try_from(found: String) -> Result<Self, String> {
            Err(format!("not even: {found}"))
        }
    }

    fn echo(body: &[u8]) -> Result<String, WasmError> {
        let json = answer(body, |order: Order| Ok(order))?;
        Ok(String::from_utf8(json).expect("JSON is UTF-8"))
    }

    fn expect_refusals<const N: usize>(code: &str, rows: [(&str, &str); N]) {
        for (body, message) in rows {
            let error = echo(body.as_bytes()).expect_err(body);
            assert_eq!(error.code(), code, "{body}");
            assert_eq!(error.to_string(), message, "{body}");
        }
    }

    fn expect_messages<T: serde::de::DeserializeOwned>(
        rows: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) {
        for (body, message) in rows {
            let error = answer(body.as_bytes(), |_: T| Ok(())).expect_err(body);
            assert_eq!(error.to_string(), message, "{body}");
        }
    }

    #[test]
    fn reads_and_writes_json() {
        let body = br#" {"unknown": [{}], "count": 2, "itemN\u0061me": "\ud83e\udd80"} "#;
        let json = r#"{"itemName":"🦀","count":2,"parts":[]}"#;
        assert_eq!(echo(body).as_deref(), Ok(json));
    }

    #[test]
    fn names_the_missing_field() {
        let rows = [
            ("{}", "itemName: expected a value, found none"),
            (
                r#"{"parts": [{}]}"#,
                "parts[0].weight: expected a value, found none",
            ),
        ];
        expect_refusals("missingField", rows);
    }

    #[test]
    fn names_the_wrong_field_and_what_was_expected() {
        let positive = "count: expected an integer from 1 to 4294967295";
        let rows = [
            (r#"{"itemName": 7}"#, "itemName: expected a string"),
            (r#"{"count": 0}"#, positive),
            (r#"{"count": -1}"#, positive),
            (r#"{"count": 1.5}"#, positive),
            (r#"{"count": 4294967296}"#, positive),
            (r#"{"count": ", expected me"}"#, positive),
            (r#"{"parts": 1}"#, "parts: expected an array"),
            (
                r#"{"parts": [{"weight": "1"}]}"#,
                "parts[0].weight: expected a number",
            ),
            (
                r#"{"count": 1, "count": 1}"#,
                "count: expected once, found again",
            ),
            (r#"{"count": 1e400}"#, positive),
            ("[]", "body: expected an object"),
            ("7", "body: expected an object"),
        ];
        expect_refusals("invalidInput", rows);
    }

    #[test]
    fn names_a_byte_order_mark() {
        let message = "body: expected JSON, found a byte order mark at line 1 column 1";
        let bodies = ["\u{feff}{\"itemName\": \"a\"}", "\u{feff}"];
        expect_refusals("invalidInput", bodies.map(|body| (body, message)));
    }

    #[test]
    fn quotes_neither_a_key_nor_a_value() {
        let rows = [
            (r#"{"secret": 1}"#, "*: expected a string"),
            (r#"{"": 1}"#, "*: expected a string"),
            (
                r#"{"secret": ", expected my secret"}"#,
                "*: expected another value",
            ),
        ];
        expect_messages::<BTreeMap<String, Even>>(rows);
        let rows = [
            (
                r#"{"secret": 1}"#,
                "body: expected each key to be an integer from 0 to 255",
            ),
            (r#"{"7": "secret"}"#, "*: expected a boolean"),
        ];
        expect_messages::<BTreeMap<u8, bool>>(rows);
    }

    #[test]
    fn names_a_field_of_a_type_with_a_flattened_one_and_nothing_within() {
        #[derive(Deserialize)]
        #[allow(dead_code)]
        struct Parcel {
            weight: u8,
            #[serde(flatten)]
            others: BTreeMap<String, u16>,
        }
        let rows = [
            (
                r#"{"weight": 256}"#,
                "weight: expected an integer from 0 to 255",
            ),
            (
                r#"{"weight": 1, "secret": -1}"#,
                "body: expected an integer from 0 to 65535",
            ),
            (
                r#"{"weight": 1, "secret": 1e400}"#,
                "*: expected a number from -1.7e308 to 1.7e308",
            ),
        ];
        expect_messages::<Parcel>(rows);
    }

    #[test]
    fn speaks_json() {
        #[derive(Deserialize)]
        #[serde(tag = "type")]
        #[allow(dead_code)]
        enum Payment {
            Cash { cents: i16 },
            Card { number: String },
        }
        #[derive(Deserialize)]
        #[allow(dead_code)]
        enum Shape {
            Point,
            Circle(u8),
            Line(u8, u8),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        let rows = [
            ("5", "body: expected an object"),
            (r#"{"type":"Cheque"}"#, "*: expected one of Cash, Card"),
            (r#"{"type":"Card","number":5}"#, "body: expected a string"),
            (
                r#"{"type":"Cash","cents":40000}"#,
                "body: expected an integer from -32768 to 32767",
            ),
        ];
        expect_messages::<Payment>(rows);
        let rows = [
            ("5", "body: expected one of Point, Circle, Line"),
            ("{}", "body: expected one of Point, Circle, Line"),
            (
                r#"{"secret":1}"#,
                "body: expected one of Point, Circle, Line",
            ),
            (r#""Circle""#, "body: expected an object"),
            (r#""Line""#, "body: expected an object with an array"),
            (r#"{"Point":1}"#, "Point: expected null"),
            (r#"{"Line":5}"#, "Line: expected an array"),
            (r#"{"Line":[5]}"#, "Line: expected an array of length 2"),
            (r#"{"Line":[5,6,7]}"#, "Line: expected fewer values"),
        ];
        expect_messages::<Shape>(rows);
        expect_messages::<Nothing>([(r#"{"secret":1}"#, "body: expected no field")]);
    }

    #[test]
    fn quotes_no_key_that_a_type_takes_whatever_it_is() {
        #[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Name {
            Id,
            Other(String),
        }
        let row = (r#"{"secret": "x"}"#, "*: expected an integer from 0 to 255");
        expect_messages::<BTreeMap<Name, u8>>([row]);
    }

    #[test]
    fn reads_each_character_as_an_escape() {
        let rows = [
            (r#""\ud840\udc00""#, "\u{20000}"),
            (r#""\udbff\udfff""#, "\u{10ffff}"),
            (r#""\ud800\udc00""#, "\u{10000}"),
        ];
        for (body, text) in rows {
            let read = |found: String| Ok(found == text);
            assert_eq!(
                answer(body.as_bytes(), read).as_deref(),
                Ok(&b"true"[..]),
                "{body}"
            );
        }
        for body in [r#""\ud83e\ue000""#, r#""\ud83e\udbff""#, r#""\udc00""#] {
            assert!(
                answer(body.as_bytes(), |_: String| Ok(())).is_err(),
                "{body}"
            );
        }
    }

    #[test]
    fn takes_any_number_of_arrays_beside_one_another() {
        let body = format!("[{}[]]", "[],".repeat(1000));
        let read = answer(body.as_bytes(), |arrays: Vec<Vec<u8>>| Ok(arrays.len()));
        assert_eq!(read.as_deref(), Ok(&b"1001"[..]));
    }

    #[test]
    fn rounds_a_float_of_32_bits_once() {
        let read = |body: &str| answer(body.as_bytes(), |float: f32| Ok(float.to_bits()));
        for body in ["1.000000059604644775390626", "16777217.0000000001", "-0"] {
            let expected = body.parse::<f32>().expect("a float").to_bits().to_string();
            assert_eq!(read(body).as_deref(), Ok(expected.as_bytes()), "{body}");
        }
        assert!(read("3.5e38").is_err());
    }

    #[test]
    fn a_type_says_what_it_expects() {
        #[derive(Deserialize)]
        #[serde(try_from = "String")]
        #[allow(dead_code)]
        struct Day(String);
        impl TryFrom<String> for Day {
            type Error = Expected;

            fn try_from(_: String) -> Result<Self, Expected> {
                Err(Expected("a date as 2026-01-31"))
            }
        }
        #[derive(Deserialize)]
        #[serde(expecting = "a place on the map")]
        #[allow(dead_code)]
        struct Place {
            x: u8,
        }
        let row = (r#"["2026-02-30"]"#, "[0]: expected a date as 2026-01-31");
        expect_messages::<Vec<Day>>([row]);
        expect_messages::<Place>([("5", "body: expected a place on the map")]);
    }

    #[test]
    fn tells_the_names_that_are_known() {
        #[derive(Deserialize)]
        enum Colour {
            Red,
            Green,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Paint {
            colour: Colour,
        }
        let rows = [
            (
                r#"{"colour": "Blue"}"#,
                "colour: expected one of Red, Green",
            ),
            (r#"{"shade": 1}"#, "body: expected no field but colour"),
        ];
        for (body, message) in rows {
            let process = |paint: Paint| Ok(matches!(paint.colour, Colour::Red | Colour::Green));
            let error = answer(body.as_bytes(), process).expect_err(body);
            assert_eq!(error.to_string(), message, "{body}");
        }
    }

    #[test]
    fn a_failure_to_write_is_no_refusal_and_tells_only_what_failed() {
        struct Secret;
        impl Serialize for Secret {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("my secret"))
            }
        }
        let line = line!() + 1;
        let error = respond(&Secret).expect_err("a failure");
        assert_eq!(error.code(), "internal");
        let told = format!("{error:?}");
        assert!(told.contains("the Serialize of a type of the response failed"));
        assert!(told.contains(&format!("line: {line}")), "{told}");
        assert!(respond(&BTreeMap::from([(None::<u8>, 1)])).is_err());
    }

    #[test]
    fn refuses_what_is_not_json() {
        let rows: [&[u8]; 9] = [
            b"",
            b"{",
            b"[1,",
            b"{\"count\": 01}",
            b"{\"count\": 1} {}",
            b"{\"itemName\": \"\\ud800\"}",
            b"{\"itemName\": \"a\nb\"}",
            b"{\"itemName\": \"\xff\"}",
            b"{'itemName': 'a'}",
        ];
        for body in rows {
            let error = echo(body).expect_err("a refusal");
            assert_eq!(error.code(), "invalidInput", "{body:?}");
            assert!(error.to_string().starts_with("body: expected "), "{error}");
        }
    }
}
