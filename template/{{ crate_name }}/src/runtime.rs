//! The boundary: JSON bytes to a request, a response to JSON bytes, and how the module fails.
//!
//! JSON crosses as bytes both ways, so that no JavaScript string is made of it, and it is validated
//! here only. A panic leaves as a JavaScript exception; the instance is then unusable, as it is after
//! running out of memory or stack, and worker/src/wasm.ts replaces it.

use crate::error::WasmError;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_path_to_error::{Path, Segment};
use wasm_bindgen::prelude::wasm_bindgen;

/// Reads a `Request` from `body`, processes it, and writes the `Response` as JSON.
///
/// # Errors
/// [`WasmError::InvalidInput`] when `body` is not UTF-8, not a JSON object or has a field of a wrong
/// type or value; [`WasmError::MissingField`] when it lacks one; and what `process` returns.
pub fn answer<'a, Request, Response>(
    body: &'a [u8],
    process: impl FnOnce(Request) -> Result<Response, WasmError>,
) -> Result<Vec<u8>, WasmError>
where
    Request: Deserialize<'a>,
    Response: Serialize,
{
    let response = process(parse(body)?)?;
    serde_json::to_vec(&response).map_err(|error| WasmError::ProcessingError {
        reason: format!("the response is not JSON: {error}"),
    })
}

fn parse<'a, Request: Deserialize<'a>>(body: &'a [u8]) -> Result<Request, WasmError> {
    let json = std::str::from_utf8(body).map_err(|error| {
        let offset = error.valid_up_to();
        WasmError::invalid(
            "body",
            format!("expected UTF-8, found another byte at offset {offset}"),
        )
    })?;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    // A derived Deserialize would take an array for a struct.
    let request = if json.trim_ascii_start().starts_with('[') {
        Err(WasmError::invalid("body", "expected an object"))
    } else {
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| refusal(&error))
    };
    // What is not JSON to its end is refused as such, whatever was wrong before that end.
    let request = request.map_err(|refusal| {
        serde_json::from_str::<IgnoredAny>(json).map_or_else(|error| not_json(&error), |_| refusal)
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(request)
}

/// serde_json's messages on syntax are fixed texts with a line and a column.
fn not_json(error: &serde_json::Error) -> WasmError {
    WasmError::invalid("body", format!("expected JSON, found a mistake: {error}"))
}

/// Its other messages quote the value that was found; only the field and the expectation may leave.
fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> WasmError {
    let cause = error.inner();
    let message = cause.to_string();
    let field = field(error.path());
    // A number beyond the largest f64 is JSON, though serde_json calls it a mistake.
    if message.starts_with("number out of range") {
        let reason = "expected another value, found a number out of range";
        return WasmError::invalid(field, reason);
    }
    if !cause.is_data() {
        return not_json(cause);
    }
    if let Some(name) = quoted_name(&message, "missing field `") {
        return WasmError::missing(within(&field, name), "expected a value, found none");
    }
    if let Some(name) = quoted_name(&message, "duplicate field `") {
        return WasmError::invalid(within(&field, name), "expected once, found again");
    }
    // A type's own message may quote in any place what it found; serde's do not after "expected".
    let expected = Some(message.as_str())
        .filter(|message| SERDES.iter().any(|start| message.starts_with(start)))
        .and_then(|message| message.rsplit_once(", expected "))
        .and_then(|(_, rest)| rest.rsplit_once(" at line "))
        .map_or("another value", |(expected, _)| in_json_terms(expected));
    WasmError::invalid(field, format!("expected {expected}"))
}

/// How serde's own messages that tell an expectation begin.
const SERDES: [&str; 4] = [
    "invalid type: ",
    "invalid value: ",
    "invalid length ",
    "unknown ",
];

/// A path as `items[0].name`. The keys of a map are the client's own: what could be no field's name is a `*`.
fn field(path: &Path) -> String {
    let mut field = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => {
                field.push_str(&format!("[{index}]"));
                continue;
            }
            Segment::Map { key } if is_name(key) => key,
            Segment::Enum { variant } => variant,
            _ => "*",
        };
        if !field.is_empty() {
            field.push('.');
        }
        field.push_str(name);
    }
    if field.is_empty() {
        field.push_str("body");
    }
    field
}

fn is_name(key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    key.len() <= 64 && key.bytes().all(plain)
}

fn quoted_name<'m>(message: &'m str, before: &str) -> Option<&'m str> {
    message.strip_prefix(before)?.split('`').next()
}

fn within(parent: &str, name: &str) -> String {
    match parent {
        "body" => name.to_owned(),
        _ => format!("{parent}.{name}"),
    }
}

/// serde's words for what it expected, in those of JSON.
fn in_json_terms(expected: &str) -> &str {
    match expected {
        "a nonzero u8" | "a nonzero u16" | "a nonzero u32" | "a nonzero u64" => {
            "an integer of at least 1"
        }
        "u8" | "u16" | "u32" | "u64" | "usize" => "an integer of at least 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer",
        "f32" | "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "an object",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    }
}

/// Milliseconds of the Worker's clock, which stands still in production until the next I/O:
/// <https://developers.cloudflare.com/workers/runtime-apis/performance/>.
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
#[cfg(not(target_arch = "wasm32"))]
pub fn now_ms() -> f64 {
    0.0
}

/// Makes a panic leave the module as an exception with its message and place.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
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
            (
                r#"{"count": 1e400}"#,
                "count: expected another value, found a number out of range",
            ),
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
