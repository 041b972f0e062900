//! The domain: what `POST /` does with a text. Plain Rust: `cargo test` runs it without WebAssembly.
#![forbid(unsafe_code)]

use platform::{WasmError, chars, now_ms};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// A text and what to do with it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessRequest {
    /// At least one character.
    text: String,
    /// How many characters (Unicode scalar values) of the text to keep.
    max_length: NonZeroU64,
    /// Whether to upper-case what is kept.
    #[serde(default)]
    uppercase: bool,
}

/// The text after the processing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessResponse {
    processed_text: String,
    /// Characters (Unicode scalar values) in `processed_text`.
    character_count: usize,
    /// 0 in production, where a Worker's clock stands still between I/O.
    processing_time_ms: f64,
}

/// Keeps the first `max_length` characters of the text, then upper-cases them if asked to, by
/// Unicode's full default mapping (Unicode 3.13, rule R1): `ß` becomes `SS`.
///
/// # Errors
/// [`WasmError::MissingField`] for an empty text.
pub fn process(request: ProcessRequest) -> Result<ProcessResponse, WasmError> {
    let started = now_ms();
    if request.text.is_empty() {
        return Err(WasmError::missing(
            "text",
            "expected at least one character",
        ));
    }
    let kept = chars::first(&request.text, request.max_length);
    let processed_text = if request.uppercase {
        chars::to_uppercase(kept)
    } else {
        kept.to_owned()
    };
    Ok(ProcessResponse {
        character_count: chars::count(&processed_text),
        processed_text,
        processing_time_ms: now_ms() - started,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, max_length: u64, uppercase: bool) -> (String, usize) {
        let request = ProcessRequest {
            text: text.into(),
            max_length: NonZeroU64::new(max_length).expect("a length of at least 1"),
            uppercase,
        };
        let response = process(request).expect("a valid request");
        (response.processed_text, response.character_count)
    }

    #[test]
    fn keeps_the_first_characters_and_upper_cases_them() {
        let rows = [
            ("hello", 3, true, "HEL", 3),
            ("hi", 9, false, "hi", 2),
            ("hello", 5, false, "hello", 5),
            ("hello", u64::MAX, false, "hello", 5),
            // Characters of one to four bytes, and a mark that combines with the one before it.
            ("zñ漢🦀a", 4, false, "zñ漢🦀", 4),
            ("e\u{301}x", 1, true, "E", 1),
            // A mapping that grows is counted after the cut.
            ("straße", 6, true, "STRASSE", 7),
            ("ßa", 1, true, "SS", 2),
        ];
        for (text, max_length, uppercase, expected, count) in rows {
            let result = run(text, max_length, uppercase);
            assert_eq!(result, (expected.to_owned(), count), "{text:?}");
        }
    }

    #[test]
    fn agrees_with_taking_characters_one_by_one() {
        for text in ["a", "ab c", "ñandú", "漢字", "🦀🦀", "a\u{301}b\u{302}"] {
            for limit in 1..8 {
                let kept: String = text.chars().take(limit).collect();
                let count = kept.chars().count();
                let result = run(text, limit as u64, false);
                assert_eq!(result, (kept, count), "{text:?} cut to {limit}");
            }
        }
    }

    #[test]
    fn refuses_an_empty_text() {
        let request = ProcessRequest {
            text: "".into(),
            max_length: NonZeroU64::MIN,
            uppercase: false,
        };
        let error = process(request).err().expect("a refusal");
        assert_eq!(error.code(), "missingField");
    }
}
