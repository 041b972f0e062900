//! Why a request is refused, and how the Worker is told: as a JavaScript `Error` that carries a `code`.
//! worker/src/http.ts turns the code into a status, and the message into the body of the answer.

use crate::runtime::message::joined;
use std::fmt;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// The message goes to the client: it names the field and what was expected, and never repeats
/// what the client sent.
#[derive(Debug, PartialEq, Eq)]
pub enum WasmError {
    /// The body is not JSON, or a field has a wrong type or value.
    InvalidInput { field: String, reason: String },
    /// A required field is absent or empty.
    MissingField { field: String, reason: String },
    /// Well-formed, and still nothing that can be answered: a code of your own, answered with 422.
    Refused { code: &'static str, reason: String },
    /// The request was good and answering it failed. The client learns a request id, the log this.
    ProcessingError { reason: String },
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

    /// A refusal with a `code` of your own; `reason` is the whole message.
    // A domain may do without it.
    #[allow(dead_code)]
    pub fn refused(code: &'static str, reason: impl Into<String>) -> Self {
        Self::Refused {
            code,
            reason: reason.into(),
        }
    }

    fn message(&self) -> String {
        let (field, colon, reason) = match self {
            Self::InvalidInput { field, reason } | Self::MissingField { field, reason } => {
                (field.as_str(), ": ", reason)
            }
            Self::Refused { reason, .. } | Self::ProcessingError { reason } => ("", "", reason),
        };
        joined(&[field, colon, reason])
    }

    /// The `code` of the answer. worker/src/http.ts has the status of each, and 422 for your own.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidInput { .. } => "invalidInput",
            Self::MissingField { .. } => "missingField",
            Self::Refused { code, .. } => code,
            Self::ProcessingError { .. } => "internal",
        }
    }
}

impl fmt::Display for WasmError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for WasmError {}

#[wasm_bindgen]
extern "C" {
    type Error;

    #[wasm_bindgen(constructor)]
    fn new(message: &str) -> Error;

    /// By this name worker/src/wasm.ts tells a WasmError from every other error.
    #[wasm_bindgen(method, setter)]
    fn set_name(this: &Error, name: &str);

    #[wasm_bindgen(method, setter)]
    fn set_code(this: &Error, code: &str);
}

impl From<WasmError> for JsValue {
    fn from(error: WasmError) -> Self {
        let thrown = Error::new(&error.message());
        thrown.set_name("WasmError");
        thrown.set_code(error.code());
        thrown.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_code_and_a_message() {
        let failed = WasmError::ProcessingError {
            reason: "no answer".to_owned(),
        };
        let rows = [
            (WasmError::invalid("a", "b"), "invalidInput", "a: b"),
            (WasmError::missing("a", "b"), "missingField", "a: b"),
            (WasmError::refused("tooWide", "a: b"), "tooWide", "a: b"),
            (failed, "internal", "no answer"),
        ];
        for (error, code, message) in rows {
            assert_eq!(error.code(), code);
            assert_eq!(error.to_string(), message);
        }
    }
}
