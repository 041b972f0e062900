//! The exports that worker/src/index.ts routes requests to: JSON bytes in, JSON bytes out.
//! One line each; what an endpoint does stands in a module of its own, as in [`text`].

mod text;

use platform::WasmError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Cuts a text to a length and upper-cases it on demand.
#[wasm_bindgen]
pub fn process_text(body: &[u8]) -> Result<Vec<u8>, WasmError> {
    platform::answer(body, text::process)
}
