//! The exports that worker/src/index.ts hands images to: the bytes of an image in, JSON bytes out.
//! One line each; what an endpoint does stands in a module of its own, as in [`metadata`].

mod metadata;

use platform::WasmError;
use wasm_bindgen::prelude::wasm_bindgen;

/// What a whole image says about itself.
#[wasm_bindgen]
pub fn image_metadata(image: &[u8]) -> Result<Vec<u8>, WasmError> {
    platform::respond(&metadata::of_image(image)?)
}

/// The same from the first bytes of an image, where these are enough; else it refuses.
#[wasm_bindgen]
pub fn prefix_metadata(prefix: &[u8]) -> Result<Vec<u8>, WasmError> {
    platform::respond(&metadata::of_prefix(prefix)?)
}
