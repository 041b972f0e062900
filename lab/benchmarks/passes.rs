//! The example's way through the module, ending after each pass in turn: an export's time less that of the one
//! before is the time of a pass.

use platform::{WasmError, answer, chars};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;
use wasm_bindgen::prelude::wasm_bindgen;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    text: &'a str,
    max_length: NonZeroU64,
}

#[derive(Serialize)]
struct Response {
    text: String,
    count: usize,
}

/// Writes nothing of a text, so that its length stands for it.
fn without_writing(
    body: &[u8],
    process: impl FnOnce(Request) -> usize,
) -> Result<usize, WasmError> {
    answer(body, |request| Ok(process(request))).map(|json| json.len())
}

fn upper(request: &Request) -> String {
    chars::to_uppercase(chars::first(request.text, request.max_length))
}

fn written(body: &[u8]) -> Result<Vec<u8>, WasmError> {
    answer(body, |request| {
        let text = upper(&request);
        let count = chars::count(&text);
        Ok(Response { text, count })
    })
}

#[wasm_bindgen]
pub fn copy_in(body: &[u8]) -> usize {
    body.len()
}

#[wasm_bindgen]
pub fn read(body: &[u8]) -> Result<usize, WasmError> {
    without_writing(body, |request| request.text.len())
}

#[wasm_bindgen]
pub fn upper_case(body: &[u8]) -> Result<usize, WasmError> {
    without_writing(body, |request| upper(&request).len())
}

#[wasm_bindgen]
pub fn count(body: &[u8]) -> Result<usize, WasmError> {
    without_writing(body, |request| chars::count(&upper(&request)))
}

#[wasm_bindgen]
pub fn write(body: &[u8]) -> Result<usize, WasmError> {
    written(body).map(|json| json.len())
}

#[wasm_bindgen]
pub fn copy_out(body: &[u8]) -> Result<Vec<u8>, WasmError> {
    written(body)
}
