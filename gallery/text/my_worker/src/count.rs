//! What `POST /count` does: counts the characters and words of a text.
#![forbid(unsafe_code)]

use platform::WasmError;
use serde::{Deserialize, Serialize};

/// A text to count.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountRequest {
    text: String,
}

/// What was counted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CountResponse {
    /// Unicode scalar values.
    character_count: usize,
    /// Runs of characters between white space.
    word_count: usize,
}

/// Counts; an empty text has no characters and no words.
///
/// # Errors
/// None of its own: a text of any kind can be counted.
pub fn count(request: CountRequest) -> Result<CountResponse, WasmError> {
    Ok(CountResponse {
        character_count: request.text.chars().count(),
        word_count: request.text.split_whitespace().count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_words() {
        let rows = [("", 0, 0), ("hello", 5, 1), (" ñandú  漢字 ", 11, 2)];
        for (text, characters, words) in rows {
            let request = CountRequest { text: text.into() };
            let counted = count(request).expect("a count");
            assert_eq!(counted.character_count, characters, "{text:?}");
            assert_eq!(counted.word_count, words, "{text:?}");
        }
    }
}
