//! What must hold of `process_text` for any bytes, whoever makes them up.

use serde_json::Value;

/// Calls the boundary with a body and panics when a promise is broken.
pub fn check(body: &[u8]) {
    match my_worker::process_text(body) {
        Ok(answer) => check_answer(body, &answer),
        Err(error) => check_refusal(error.code(), &error.to_string()),
    }
}

/// An answer is what a naive reading of the body gives. What `Value` cannot hold, as numbers beyond an
/// f64 in unknown fields, is not compared.
fn check_answer(body: &[u8], answer: &[u8]) {
    let answer: Value = serde_json::from_slice(answer).expect("the answer is JSON");
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let (text, count) = naive(&request).expect("a body that was answered has the fields");
    assert_eq!(answer["processedText"], text);
    assert_eq!(answer["characterCount"], count);
}

/// The contract, too simple to be wrong.
pub fn naive(request: &Value) -> Option<(String, usize)> {
    let text = request["text"].as_str().filter(|text| !text.is_empty())?;
    let max_length = request["maxLength"]
        .as_u64()
        .filter(|&length| length >= 1)?;
    let length = usize::try_from(max_length).unwrap_or(usize::MAX);
    let mut kept: String = text.chars().take(length).collect();
    if request["uppercase"] == true {
        kept = kept.to_uppercase();
    }
    let count = kept.chars().count();
    Some((kept, count))
}

/// A refusal is one of the fixed messages, whose only variable parts are numbers: so it cannot quote.
fn check_refusal(code: &str, message: &str) {
    let digitless: String = message
        .chars()
        .filter(|char| !char.is_ascii_digit())
        .collect();
    let known = match code {
        "missingField" => MISSING.contains(&message),
        "invalidInput" => INVALID.contains(&message) || NUMBERED.contains(&digitless.as_str()),
        _ => false,
    };
    assert!(known, "an unknown refusal, {code}: {message}");
}

const MISSING: [&str; 3] = [
    "text: expected a value, found none",
    "maxLength: expected a value, found none",
    "text: expected at least one character",
];

const INVALID: [&str; 7] = [
    "body: expected an object",
    "text: expected a string",
    "text: expected once, found again",
    "maxLength: expected an integer of at least 1",
    "maxLength: expected once, found again",
    "uppercase: expected a boolean",
    "uppercase: expected once, found again",
];

/// Without their digits.
const NUMBERED: [&str; 14] = [
    "body: expected UTF-, found another byte at offset ",
    "body: expected JSON, found a byte order mark at line  column ",
    "body: expected JSON, found a control character in a string at line  column ",
    "body: expected JSON, found an unknown escape at line  column ",
    "body: expected JSON, found an unpaired surrogate at line  column ",
    "body: expected JSON, found no `\"` at line  column ",
    "body: expected JSON, found no `,` or `]` at line  column ",
    "body: expected JSON, found no `,` or `}` at line  column ",
    "body: expected JSON, found no `:` at line  column ",
    "body: expected JSON, found no digit at line  column ",
    "body: expected JSON, found no hexadecimal digit at line  column ",
    "body: expected JSON, found no name in quotes at line  column ",
    "body: expected JSON, found no value at line  column ",
    "body: expected JSON, found more after the end at line  column ",
];
