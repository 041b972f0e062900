//! The domain: JSON bytes to a text, cut and upper-cased.

use crate::http::Refusal;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::num::NonZeroU64;
use worker::Date;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProcessRequest<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    text: Option<Text<'a>>,
    #[serde(default, deserialize_with = "present")]
    max_length: Option<NonZeroU64>,
    #[serde(default)]
    uppercase: bool,
}

/// A string of JSON, borrowed from the body when it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A field's value; `null` is none, unlike in serde's own reading of an `Option`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessResponse {
    processed_text: String,
    character_count: usize,
    processing_time_ms: u64,
}

/// Keeps the first `maxLength` characters, then upper-cases them if asked to.
pub fn process(body: &[u8]) -> Result<ProcessResponse, Refusal> {
    let request = parse(body)?;
    let started = Date::now().as_millis();
    let text = match &request.text {
        Some(Text(text)) if !text.is_empty() => text,
        _ => {
            return Err(Refusal::MissingField(
                "text: expected at least one character",
            ));
        }
    };
    let Some(max_length) = request.max_length else {
        return Err(Refusal::MissingField(
            "maxLength: expected a value, found none",
        ));
    };
    let kept = first_chars(text, max_length);
    let processed_text = if request.uppercase {
        kept.to_uppercase()
    } else {
        kept.to_owned()
    };
    Ok(ProcessResponse {
        character_count: processed_text.chars().count(),
        processed_text,
        processing_time_ms: Date::now().as_millis() - started,
    })
}

fn parse(body: &[u8]) -> Result<ProcessRequest<'_>, Refusal> {
    // A derived Deserialize would take an array for a struct.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Refusal::InvalidInput("body: expected an object"));
    }
    // serde_json skips the unknown without a look at its UTF-8.
    let json =
        std::str::from_utf8(body).map_err(|_| Refusal::InvalidInput("body: expected UTF-8"))?;
    serde_json::from_str(json).map_err(|_| {
        Refusal::InvalidInput(
            "body: expected an object of JSON with text, a string; maxLength, an integer of at least 1; \
             and, if any, uppercase, a boolean",
        )
    })
}

fn first_chars(text: &str, count: NonZeroU64) -> &str {
    let count = usize::try_from(count.get()).unwrap_or(usize::MAX);
    text.char_indices()
        .nth(count)
        .map_or(text, |(end, _)| &text[..end])
}
