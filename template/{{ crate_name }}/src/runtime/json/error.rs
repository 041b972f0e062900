//! What is wrong with a body: where, and what was expected there. What was found is never kept.

use super::cursor::Cursor;
use crate::error::WasmError;
use crate::runtime::message::{joined, push_decimal, shown};
use serde::{de, ser};
use std::fmt::{self, Display};

/// Boxed, so that the results that carry it stay small.
#[derive(Debug)]
pub struct Error(Box<Failure>);

#[derive(Debug)]
struct Failure {
    cause: Cause,
    /// From the body to the value, as `items[0].name`; made when there is an error, from its end.
    path: String,
}

#[derive(Debug)]
enum Cause {
    /// The body is not JSON: what would be, and the offset of the byte that is something else.
    Syntax(&'static str, usize),
    /// The value is another one, in serde's words.
    Expected(String),
    Missing,
    Duplicate,
    /// A type's own message, which may quote the value.
    Custom(String),
}

impl Error {
    fn new(cause: Cause) -> Self {
        Self(Box::new(Failure {
            cause,
            path: String::new(),
        }))
    }

    #[cold]
    pub fn syntax(expected: &'static str, offset: usize) -> Self {
        Self::new(Cause::Syntax(expected, offset))
    }

    #[cold]
    pub fn expected(expected: &dyn de::Expected) -> Self {
        Self::new(Cause::Expected(shown(&expected)))
    }

    /// The error, seen from the value around it.
    #[cold]
    pub fn in_field(self, name: &str) -> Self {
        // The keys of a map are the client's own: what could be no field's name is not told.
        self.within(if is_name(name) { name } else { "*" })
    }

    #[cold]
    pub fn in_item(self, index: usize) -> Self {
        let mut item = String::from("[");
        push_decimal(&mut item, index);
        item.push(']');
        self.within(&item)
    }

    fn within(mut self, outer: &str) -> Self {
        let inner = &self.0.path;
        let point = match inner.as_bytes().first() {
            None | Some(b'[') => "",
            Some(_) => ".",
        };
        self.0.path = joined(&[outer, point, inner]);
        self
    }
}

/// What the client is told when the body is not UTF-8.
#[cold]
pub fn not_utf8(offset: usize) -> WasmError {
    let mut reason = String::from("expected UTF-8, found another byte at offset ");
    push_decimal(&mut reason, offset);
    WasmError::invalid("body", reason)
}

/// What the client is told when `body` could not be read.
#[cold]
pub fn refusal(body: &str, error: Error) -> WasmError {
    // What is not JSON to its end is refused as such, whatever was wrong before that end.
    let error = Cursor::new(body).whole_value().err().unwrap_or(error);
    let Failure { cause, mut path } = *error.0;
    if path.is_empty() {
        path.push_str("body");
    }
    let reason = match &cause {
        Cause::Syntax(mistake, offset) => {
            let before = body.as_bytes().get(..*offset).unwrap_or_default();
            let (line, column) = position(before);
            let mut reason = joined(&["expected JSON, found a mistake: ", mistake, " at line "]);
            push_decimal(&mut reason, line);
            reason.push_str(" column ");
            push_decimal(&mut reason, column);
            reason
        }
        Cause::Expected(expected) => joined(&["expected ", in_json_terms(expected)]),
        Cause::Custom(_) => "expected another value".to_owned(),
        Cause::Missing => "expected a value, found none".to_owned(),
        Cause::Duplicate => "expected once, found again".to_owned(),
    };
    match cause {
        Cause::Missing => WasmError::missing(path, reason),
        _ => WasmError::invalid(path, reason),
    }
}

/// The line and the column, counted from 1, of what comes after these bytes.
fn position(before: &[u8]) -> (usize, usize) {
    let mut line = 1;
    let mut column = 1;
    for byte in before {
        column += 1;
        if *byte == b'\n' {
            line += 1;
            column = 1;
        }
    }
    (line, column)
}

fn is_name(key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    key.len() <= 64 && key.bytes().all(plain)
}

/// serde's words for what it expected, in those of JSON.
fn in_json_terms(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "an integer of at least 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer",
        "f32" | "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "an object",
        expected if expected.starts_with("a nonzero u") => "an integer of at least 1",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.0.cause {
            Cause::Syntax(text, _) => f.write_str(text),
            Cause::Expected(text) | Cause::Custom(text) => f.write_str(text),
            Cause::Missing | Cause::Duplicate => f.write_str(&self.0.path),
        }
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Cause::Custom(shown(&message)))
    }

    fn invalid_type(_: de::Unexpected, expected: &dyn de::Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_value(_: de::Unexpected, expected: &dyn de::Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        Self::expected(expected)
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(Cause::Expected(joined(&["one of ", &known.join(", ")])))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        let expected = joined(&["no field but ", &known.join(", ")]);
        Self::new(Cause::Expected(expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Cause::Missing).within(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Cause::Duplicate).within(field)
    }
}

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Cause::Custom(shown(&message)))
    }
}
