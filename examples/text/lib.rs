//! The exports that worker/src/index.ts routes requests to: JSON bytes in, JSON bytes out.
//! One line each; what an endpoint does stands in a module of its own, as in [`text`].

mod error;
#[cfg(feature = "faults")]
mod faults;
mod runtime;
mod text;

use error::WasmError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Cuts a text to a length and upper-cases it on demand.
#[wasm_bindgen]
pub fn process_text(body: &[u8]) -> Result<Vec<u8>, WasmError> {
    runtime::answer(body, text::process)
}
