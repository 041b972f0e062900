//! The exports that worker/src/index.ts routes requests to: JSON bytes in, JSON bytes out.
//! One line each; what an endpoint does stands in a module of its own, as in [`text`].

mod count;
mod text;

use platform::WasmError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Cuts a text to a length and upper-cases it on demand.
#[wasm_bindgen]
pub fn process_text(body: &[u8]) -> Result<Vec<u8>, WasmError> {
    platform::answer(body, text::process)
}

/// Counts the characters and words of a text.
#[wasm_bindgen]
pub fn count_text(body: &[u8]) -> Result<Vec<u8>, WasmError> {
    platform::answer(body, count::count)
}
