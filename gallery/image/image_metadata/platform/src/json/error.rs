//! What is wrong with a body: where, and what was expected there. What was found is never kept, and of the path only
//! names that Rust's types have.

use super::cursor::Cursor;
use super::words::{in_json_terms, of_length};
use crate::message::{joined, push_decimal, shown};
use crate::{Expected, WasmError};
use serde::{de, ser};
use std::any::type_name;
use std::fmt::{self, Display};

/// Boxed, so that the results that carry it stay small.
#[derive(Debug)]
pub struct JsonError(Box<Details>);

#[derive(Debug)]
struct Details {
    cause: Cause,
    /// From the body to the value, as `items[0].name`; made when there is an error, from its end.
    path: String,
    /// Whether it is in a value that was read without a type.
    untyped: bool,
}

#[derive(Debug)]
enum Cause {
    /// The body is not JSON: what was found in it, and the offset.
    Syntax(&'static str, usize),
    /// The value, or a key of the object, is not what is expected here.
    Expected(String),
    /// A member that the type does not have; the names that it has.
    Unknown(String),
    Missing,
    Duplicate,
    /// Nothing that a client could mend: what this format cannot do, and in a development build a type's own message.
    Unable(&'static str, String),
}

impl JsonError {
    fn new(cause: Cause) -> Self {
        Self(Box::new(Details {
            cause,
            path: String::new(),
            untyped: false,
        }))
    }

    #[cold]
    pub fn syntax(found: &'static str, offset: usize) -> Self {
        Self::new(Cause::Syntax(found, offset))
    }

    #[cold]
    pub fn expected(expected: &dyn de::Expected) -> Self {
        let words = shown(&expected);
        // Of serde_json's RawValue, where serde has put the value aside: any JSON would do.
        if words == "any valid JSON value" {
            return Self::unable("a RawValue cannot be read within an untagged or flattened type");
        }
        Self::new(Cause::Expected(in_json_terms(&words)))
    }

    #[cold]
    pub fn one_of(names: &[&str]) -> Self {
        Self::new(Cause::Expected(joined(&["one of ", &names.join(", ")])))
    }

    #[cold]
    pub fn unable(what: &'static str) -> Self {
        Self::new(Cause::Unable(what, String::new()))
    }

    /// The error, seen from the object around a member whose key is wrong.
    #[cold]
    pub fn in_key(mut self) -> Self {
        if let Cause::Expected(expected) = &mut self.0.cause {
            *expected = joined(&["each key to be ", expected]);
        }
        self
    }

    /// The error, seen from the object around a member; `name` is one of a Rust type, never a client's own.
    #[cold]
    pub fn in_member(self, name: Option<&str>) -> Self {
        self.within(name.unwrap_or("*"))
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
        self.0.untyped = false;
        self
    }

    /// The error of a value that was read without a type.
    #[cold]
    pub fn in_untyped(mut self) -> Self {
        self.0.untyped = true;
        self
    }

    pub fn is_untyped(&self) -> bool {
        self.0.untyped
    }

    /// What the log is told when a response could not be written.
    #[cold]
    #[track_caller]
    pub fn failure(self) -> WasmError {
        match self.0.cause {
            Cause::Unable(what, text) => WasmError::failed_with(what, text),
            _ => WasmError::failed("the response is not JSON"),
        }
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
#[track_caller]
pub fn refusal(body: &str, error: JsonError) -> WasmError {
    // What is not JSON to its end is refused as such, whatever was wrong before that end.
    let error = Cursor::new(body).whole_value().err().unwrap_or(error);
    let Details {
        cause, mut path, ..
    } = *error.0;
    if path.is_empty() {
        path.push_str("body");
    }
    let reason = match cause {
        Cause::Syntax(found, offset) => {
            let before = body.as_bytes().get(..offset).unwrap_or_default();
            let (line, column) = position(before);
            let mut reason = joined(&["expected JSON, found ", found, " at line "]);
            push_decimal(&mut reason, line);
            reason.push_str(" column ");
            push_decimal(&mut reason, column);
            reason
        }
        Cause::Expected(expected) => joined(&["expected ", &expected]),
        Cause::Unknown(known) => joined(&["expected no field", &known]),
        Cause::Duplicate => "expected once, found again".to_owned(),
        Cause::Missing => return WasmError::missing(path, "expected a value, found none"),
        Cause::Unable(what, text) => return WasmError::failed_with(what, text),
    };
    WasmError::invalid(path, reason)
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

impl Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.path)
    }
}

impl std::error::Error for JsonError {}

impl de::Error for JsonError {
    fn custom<T: Display>(message: T) -> Self {
        // The message of any other type may quote the value.
        let expected = if type_name::<T>() == type_name::<Expected>() {
            shown(&message)
        } else {
            "another value".to_owned()
        };
        Self::new(Cause::Expected(expected))
    }

    fn invalid_type(_: de::Unexpected, expected: &dyn de::Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_value(_: de::Unexpected, expected: &dyn de::Expected) -> Self {
        Self::expected(expected)
    }

    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        Self::new(Cause::Expected(of_length(&shown(&expected))))
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::one_of(known)
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(Cause::Unknown(if known.is_empty() {
            String::new()
        } else {
            joined(&[" but ", &known.join(", ")])
        }))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Cause::Missing).within(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Cause::Duplicate).within(field)
    }
}

impl ser::Error for JsonError {
    fn custom<T: Display>(message: T) -> Self {
        let what = "the Serialize of a type of the response failed";
        let text = if cfg!(debug_assertions) {
            shown(&message)
        } else {
            String::new()
        };
        Self::new(Cause::Unable(what, text))
    }
}
