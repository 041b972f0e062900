//! The boundary: JSON bytes to a request, a response to JSON bytes, and how the module fails.
//!
//! JSON crosses as bytes both ways, so that no JavaScript string is made of it, and it is validated
//! here only. A panic leaves as a JavaScript exception; the instance is then unusable, as it is after
//! running out of memory or stack, and worker/src/wasm.ts replaces it.

// A domain may do without these.
#[allow(dead_code)]
mod block;
#[allow(dead_code, unused_imports)]
pub mod chars;
mod json;
pub mod message;

use crate::error::WasmError;
use message::{joined, push_decimal, shown};
use serde::{Deserialize, Serialize};
use std::panic::PanicHookInfo;
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads a `Request` from `body`, processes it, and writes the `Response` as JSON.
///
/// # Errors
/// [`WasmError::InvalidInput`] when `body` is not UTF-8, not a JSON object or has a field of a wrong
/// type or value; [`WasmError::MissingField`] when it lacks one; and what `process` returns.
// A domain may do without it.
#[allow(dead_code)]
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
/// [`WasmError::ProcessingError`] when JSON cannot say what the response holds.
pub fn respond(response: &impl Serialize) -> Result<Vec<u8>, WasmError> {
    let mut json = Vec::new();
    match json::write(response, &mut json) {
        Ok(()) => Ok(json),
        Err(error) => Err(WasmError::ProcessingError {
            reason: joined(&["the response is not JSON: ", &shown(&error)]),
        }),
    }
}

/// Milliseconds of the Worker's clock, which stands still in production until the next I/O:
/// <https://developers.cloudflare.com/workers/runtime-apis/performance/>.
#[allow(dead_code)]
#[cfg(target_arch = "wasm32")]
pub fn now_ms() -> f64 {
    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance)]
        fn now() -> f64;
    }
    now()
}

/// Outside a Worker there is no such clock, and nothing waits for one.
#[allow(dead_code)]
#[cfg(not(target_arch = "wasm32"))]
pub fn now_ms() -> f64 {
    0.0
}

/// Smaller and faster than Rust's own. And its blocks begin at multiples of 16, as those of the JavaScript engine do:
/// where one begins 1 to 15 bytes further into its page than the other, some processors copy between them 10 times
/// slower (<https://sourceware.org/bugzilla/show_bug.cgi?id=30994>).
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Makes a panic leave the module as an exception with its message and place.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| wasm_bindgen::throw_str(&told(panic))));
}

/// `panic.to_string()`, in less code.
fn told(panic: &PanicHookInfo) -> String {
    let payload = panic.payload();
    let message = match payload.downcast_ref::<String>() {
        Some(message) => message,
        None => payload.downcast_ref::<&str>().copied().unwrap_or_default(),
    };
    let Some(place) = panic.location() else {
        return message.to_owned();
    };
    let mut told = joined(&["panicked at ", place.file()]);
    for number in [place.line(), place.column()] {
        told.push(':');
        push_decimal(&mut told, number as usize);
    }
    told.push_str(":\n");
    told.push_str(message);
    told
}

/// Asks for a new instance before the next call. worker/src/wasm.ts says when, and what comes next.
#[wasm_bindgen]
pub fn schedule_recovery() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Does nothing: a call without arguments, at which the new instance is made.
#[wasm_bindgen]
pub fn complete_recovery() {}

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
        let positive = "count: expected an integer of at least 1";
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
    fn quotes_neither_a_key_nor_a_value() {
        let rows = [
            (r#"{"apple": 1}"#, "apple: expected a string"),
            (r#"{"my secret": 1}"#, "*: expected a string"),
            (
                r#"{"apple": ", expected my secret"}"#,
                "apple: expected another value",
            ),
        ];
        for (body, message) in rows {
            let process = |map: BTreeMap<String, Even>| Ok(map.len());
            let error = answer(body.as_bytes(), process).expect_err(body);
            assert_eq!(error.to_string(), message, "{body}");
        }
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
