//! Why there is no answer, and how the Worker is told: as a JavaScript `WasmError` that carries a `code`.
//! worker/platform/http.ts turns the code into a status. A refusal's message is the body of the answer; of a failure
//! the client learns a request id, and the log what and where.

use crate::message::{joined, place};
use std::any::{Any, type_name};
use std::fmt::{self, Debug};
use std::panic::Location;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A refusal, whose message names the field and what was expected and never repeats what the client sent; or a failure.
#[derive(Debug, PartialEq, Eq)]
pub enum WasmError {
    /// The body is not JSON, or a field has a wrong type or value.
    InvalidInput {
        /// As the JSON spells it, with its path.
        field: String,
        /// What was expected; never what was sent.
        reason: String,
    },
    /// A required field is absent or empty.
    MissingField {
        /// As the JSON spells it, with its path.
        field: String,
        /// What was expected.
        reason: String,
    },
    /// Well-formed, and still nothing that can be answered: a code of your own, answered with 422.
    Refused {
        /// A code of your own.
        code: &'static str,
        /// The whole message.
        reason: String,
    },
    /// The request was good and answering it failed.
    Failed(Failure),
    /// A failure by its older name. Its text may hold what the client sent, so only a development build tells it.
    ProcessingError {
        /// What failed.
        reason: String,
    },
}

/// What the log is told.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    what: &'static str,
    place: &'static Location<'static>,
    /// In a development build the whole text of the error, else nothing.
    text: String,
}

impl WasmError {
    /// A refusal of the value of `field`, spelled as in the JSON.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidInput {
            field: field.into(),
            reason: reason.into(),
        }
    }

    /// A refusal because `field`, spelled as in the JSON, is absent or empty.
    pub fn missing(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::MissingField {
            field: field.into(),
            reason: reason.into(),
        }
    }

    /// A refusal with a `code` of your own; `reason` is the whole message. The codes of worker/platform/http.ts keep
    /// their status.
    ///
    /// # Panics
    /// For "internal", which is that of a failure, and for none.
    #[track_caller]
    pub fn refused(code: &'static str, reason: impl Into<String>) -> Self {
        assert!(
            !matches!(code, "" | "internal"),
            "WasmError::refused: expected a code of your own; WasmError::failed is for failures"
        );
        Self::Refused {
            code,
            reason: reason.into(),
        }
    }

    /// A failure that no other function returned: the log has this text, and the place of the call.
    #[track_caller]
    pub fn failed(what: &'static str) -> Self {
        Self::failed_with(what, String::new())
    }

    #[track_caller]
    pub(crate) fn failed_with(what: &'static str, text: String) -> Self {
        Self::Failed(Failure {
            what,
            place: Location::caller(),
            text,
        })
    }

    /// What the client is told of a refusal and the log of a failure, in a development build in full.
    fn message(&self, in_full: bool) -> String {
        match self {
            Self::InvalidInput { field, reason } | Self::MissingField { field, reason } => {
                joined(&[field, ": ", reason])
            }
            Self::Refused { reason, .. } => reason.clone(),
            Self::Failed(Failure { what, text, .. }) if in_full && !text.is_empty() => {
                joined(&[what, ": ", text])
            }
            Self::Failed(Failure { what, .. }) => (*what).to_owned(),
            Self::ProcessingError { reason } if in_full => reason.clone(),
            Self::ProcessingError { .. } => {
                "a ProcessingError; WasmError::failed and or_failed() tell more".to_owned()
            }
        }
    }

    /// The `code` of the answer. worker/platform/http.ts has the status of each, and 422 for your own.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidInput { .. } => "invalidInput",
            Self::MissingField { .. } => "missingField",
            Self::Refused { code, .. } => code,
            Self::Failed(_) | Self::ProcessingError { .. } => "internal",
        }
    }
}

/// Makes a `WasmError` of another error, or of `None`, by saying who is to blame, so that `?` can return it:
/// `text.parse().or_invalid("id", "expected a number")?`. A `WasmError` has said that already and stays what it is.
pub trait OrWasmError<T>: Sized {
    /// The client: `field`, spelled as in the JSON, has a wrong value.
    fn or_invalid(self, field: impl Into<String>, reason: &'static str) -> Result<T, WasmError>;

    /// The client, with a `code` of your own.
    ///
    /// # Panics
    /// As [`WasmError::refused`] does.
    #[track_caller]
    fn or_refused(self, code: &'static str, reason: &'static str) -> Result<T, WasmError>;

    /// The Worker. The log has the name of the error's type and this place, in a development build all of the error.
    #[track_caller]
    fn or_failed(self) -> Result<T, WasmError>;
}

impl<T, E: Debug + 'static> OrWasmError<T> for Result<T, E> {
    fn or_invalid(self, field: impl Into<String>, reason: &'static str) -> Result<T, WasmError> {
        self.map_err(|error| own(error).unwrap_or_else(|_| WasmError::invalid(field, reason)))
    }

    #[track_caller]
    fn or_refused(self, code: &'static str, reason: &'static str) -> Result<T, WasmError> {
        match self.map_err(own) {
            Ok(value) => Ok(value),
            Err(Ok(own)) => Err(own),
            Err(Err(_)) => Err(WasmError::refused(code, reason)),
        }
    }

    #[track_caller]
    fn or_failed(self) -> Result<T, WasmError> {
        match self.map_err(own) {
            Ok(value) => Ok(value),
            Err(Ok(own)) => Err(own),
            Err(Err(error)) => {
                let text = if cfg!(debug_assertions) {
                    format!("{error:?}")
                } else {
                    String::new()
                };
                Err(WasmError::failed_with(type_name::<E>(), text))
            }
        }
    }
}

impl<T> OrWasmError<T> for Option<T> {
    fn or_invalid(self, field: impl Into<String>, reason: &'static str) -> Result<T, WasmError> {
        self.ok_or_else(|| WasmError::invalid(field, reason))
    }

    #[track_caller]
    fn or_refused(self, code: &'static str, reason: &'static str) -> Result<T, WasmError> {
        match self {
            Some(value) => Ok(value),
            None => Err(WasmError::refused(code, reason)),
        }
    }

    #[track_caller]
    fn or_failed(self) -> Result<T, WasmError> {
        match self {
            Some(value) => Ok(value),
            None => Err(WasmError::failed("None")),
        }
    }
}

/// The error itself, if it is a `WasmError`.
fn own<E: 'static>(error: E) -> Result<WasmError, E> {
    let mut error = Some(error);
    let any = &mut error as &mut dyn Any;
    if let Some(own) = any.downcast_mut::<Option<WasmError>>() {
        return Ok(own.take().expect("an error"));
    }
    // `?` puts a `WasmError` into a box too, where a function returns one of the types for any error.
    if let Some(boxed) = any.downcast_mut::<Option<Box<dyn std::error::Error>>>() {
        match boxed.take().expect("an error").downcast() {
            Ok(own) => return Ok(*own),
            Err(other) => *boxed = Some(other),
        }
    } else if let Some(boxed) =
        any.downcast_mut::<Option<Box<dyn std::error::Error + Send + Sync>>>()
    {
        match boxed.take().expect("an error").downcast() {
            Ok(own) => return Ok(*own),
            Err(other) => *boxed = Some(other),
        }
    }
    Err(error.expect("an error that was not taken"))
}

/// What a type of your own expects, as `Expected("a date as 2026-01-31")`: the error of a `TryFrom` that
/// `#[serde(try_from = "...")]` names, or what `serde::de::Error::custom` is given. Any other error's text stays untold.
#[derive(Debug)]
pub struct Expected(pub &'static str);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Expected {}

impl fmt::Display for WasmError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message(cfg!(debug_assertions)))
    }
}

impl std::error::Error for WasmError {}

#[wasm_bindgen]
extern "C" {
    /// Its class stands in the module's JavaScript, put there by scripts/glue.mjs.
    #[wasm_bindgen(js_name = WasmError)]
    type Thrown;

    #[wasm_bindgen(constructor, js_class = WasmError)]
    fn new(message: &str, code: &str, place: Option<String>) -> Thrown;
}

impl From<WasmError> for JsValue {
    fn from(error: WasmError) -> Self {
        let place = match &error {
            WasmError::Failed(failure) => Some(place(failure.place)),
            _ => None,
        };
        Thrown::new(&error.message(cfg!(debug_assertions)), error.code(), place).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_code_and_a_message() {
        let older = WasmError::ProcessingError {
            reason: "no answer to my secret".to_owned(),
        };
        let older_told = "a ProcessingError; WasmError::failed and or_failed() tell more";
        let rows = [
            (WasmError::invalid("a", "b"), "invalidInput", "a: b"),
            (WasmError::missing("a", "b"), "missingField", "a: b"),
            (WasmError::refused("tooWide", "a: b"), "tooWide", "a: b"),
            (WasmError::failed("no answer"), "internal", "no answer"),
            (older, "internal", older_told),
        ];
        for (error, code, message) in rows {
            assert_eq!(error.code(), code);
            assert_eq!(error.message(false), message);
        }
    }

    fn number(text: &str) -> Result<i32, std::num::ParseIntError> {
        text.parse()
    }

    #[test]
    fn another_error_becomes_a_refusal_or_a_failure() {
        let invalid = WasmError::invalid("id", "expected a number");
        assert_eq!(number("7").or_invalid("id", "expected a number"), Ok(7));
        assert_eq!(
            number("my secret").or_invalid("id", "expected a number"),
            Err(invalid)
        );
        let refused = WasmError::refused("gone", "id: expected one that is there");
        assert_eq!(
            None::<i32>.or_refused("gone", "id: expected one that is there"),
            Err(refused)
        );
        assert_eq!(Some(7).or_failed(), Ok(7));
    }

    #[test]
    fn a_failure_tells_which_error_and_where_and_nothing_of_its_text() {
        let failing = Err::<(), _>("my secret".to_owned());
        let (error, line) = (failing.or_failed().expect_err("a failure"), line!());
        assert_eq!(error.code(), "internal");
        assert_eq!(error.message(false), "alloc::string::String");
        let WasmError::Failed(failure) = &error else {
            panic!("expected a failure, found {error}");
        };
        assert!(place(failure.place).contains(&format!("error.rs:{line}:")));
    }

    #[test]
    fn who_is_to_blame_is_said_once() {
        let refusal = || Err::<(), _>(WasmError::missing("id", "expected a value"));
        let failure = || {
            Err::<(), _>(WasmError::ProcessingError {
                reason: String::new(),
            })
        };
        assert_eq!(refusal().or_failed(), refusal());
        assert_eq!(failure().or_invalid("id", "expected a number"), failure());
        assert_eq!(failure().or_refused("gone", "id: expected one"), failure());
    }

    #[test]
    fn who_is_to_blame_is_said_in_a_box_too() {
        type Any = Box<dyn std::error::Error>;
        type Sent = Box<dyn std::error::Error + Send + Sync>;
        let refusal = || WasmError::missing("id", "expected a value");
        let failure = || WasmError::failed_with("a failure", String::new());
        assert_eq!(Err::<(), Any>(refusal().into()).or_failed(), Err(refusal()));
        assert_eq!(
            Err::<(), Sent>(refusal().into()).or_failed(),
            Err(refusal())
        );
        let said = Err::<(), Sent>(failure().into()).or_invalid("id", "expected a number");
        assert_eq!(said.expect_err("a failure").code(), "internal");
        let other = Err::<(), Any>("another error".into()).or_invalid("id", "expected a number");
        assert_eq!(other, Err(WasmError::invalid("id", "expected a number")));
    }

    #[test]
    #[should_panic(expected = "expected a code of your own")]
    fn a_refusal_is_no_failure() {
        WasmError::refused("internal", "no answer");
    }
}
