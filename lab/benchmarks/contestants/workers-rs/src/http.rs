//! HTTP around the text: media type, size, and the answers.

use futures_util::TryStreamExt;
use serde::Serialize;
use worker::{Error, Request, Response, Result};

/// Why a request is not answered.
pub enum Refusal {
    InvalidInput(&'static str),
    MissingField(&'static str),
    NotFound,
    MethodNotAllowed,
    PayloadTooLarge(u64),
    UnsupportedMediaType,
    Internal(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Internal(error)
    }
}

/// Passes a request without a media type, or with one of JSON.
pub fn require_json(request: &Request) -> Result<(), Refusal> {
    match request.headers().get("content-type")? {
        Some(media_type) if !is_json(&media_type) => Err(Refusal::UnsupportedMediaType),
        _ => Ok(()),
    }
}

/// WHATWG MIME Sniffing, section 4.6; the names are tokens of RFC 9110, section 5.6.2.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let Some((group, name)) = essence.split_once('/') else {
        return false;
    };
    let is_token = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let plain = ["application", "text"]
        .iter()
        .any(|json| group.eq_ignore_ascii_case(json))
        && name.eq_ignore_ascii_case("json");
    let suffixed = name
        .to_ascii_lowercase()
        .strip_suffix("+json")
        .is_some_and(is_token);
    plain || (is_token(group) && suffixed)
}

/// The body: whole when its length is known, else in chunks up to the one that crosses the limit, in bytes.
pub async fn read(request: &mut Request, limit: u64) -> Result<Vec<u8>, Refusal> {
    const BROKEN: Refusal =
        Refusal::InvalidInput("body: expected all of it, found a broken connection");
    if let Some(length) = request.headers().get("content-length")? {
        return match length.parse::<u64>() {
            Ok(length) if length <= limit => request.bytes().await.map_err(|_| BROKEN),
            _ => Err(Refusal::PayloadTooLarge(limit)),
        };
    }
    let mut body = Vec::new();
    let Ok(mut chunks) = request.stream() else {
        return Ok(body);
    };
    while let Some(chunk) = chunks.try_next().await.map_err(|_| BROKEN)? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(Refusal::PayloadTooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// 200 with a value as JSON.
pub fn answer(value: &impl Serialize) -> Result<Response, Refusal> {
    let mut response = Response::from_json(value)?;
    response
        .headers_mut()
        .set("x-content-type-options", "nosniff")?;
    Ok(response)
}

#[derive(Serialize)]
struct ErrorAnswer {
    error: String,
    code: &'static str,
}

/// The answer to a refused request; the cause of a failure goes to the log only.
pub fn refuse(refusal: &Refusal) -> Result<Response> {
    let (status, code, error) = match refusal {
        Refusal::InvalidInput(message) => (400, "invalidInput", (*message).to_owned()),
        Refusal::MissingField(message) => (400, "missingField", (*message).to_owned()),
        Refusal::NotFound => (
            404,
            "notFound",
            "path: expected a route of this Worker".to_owned(),
        ),
        Refusal::MethodNotAllowed => (405, "methodNotAllowed", "method: expected POST".to_owned()),
        Refusal::PayloadTooLarge(limit) => (
            413,
            "payloadTooLarge",
            format!("body: expected at most {limit} bytes"),
        ),
        Refusal::UnsupportedMediaType => (
            415,
            "unsupportedMediaType",
            "content-type: expected application/json".to_owned(),
        ),
        Refusal::Internal(cause) => {
            worker::console_error!("{cause}");
            (
                500,
                "internal",
                "the Worker failed; its log has the cause".to_owned(),
            )
        }
    };
    let mut response = Response::from_json(&ErrorAnswer { error, code })?.with_status(status);
    let headers = response.headers_mut();
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("cache-control", "no-store")?;
    if status == 405 {
        headers.set("allow", "POST")?;
    }
    Ok(response)
}
