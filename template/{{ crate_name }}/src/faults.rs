//! Exports that fail on demand, for worker/test/recovery.test.ts. Compiled only with the feature
//! `faults`: the deployed module has none of them.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_bindgen::prelude::wasm_bindgen;

static CALLS: AtomicU32 = AtomicU32::new(0);

/// Answers how often it was called since the instance was made, 1 after every recovery, and the body.
#[wasm_bindgen]
pub fn fault_none(body: &[u8]) -> Vec<u8> {
    let calls = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
    [calls.to_string().as_bytes(), b" ", body].concat()
}

#[wasm_bindgen]
pub fn fault_panic(_body: &[u8]) -> Vec<u8> {
    panic!("a panic on demand")
}

#[wasm_bindgen]
pub fn fault_out_of_memory(_body: &[u8]) -> Vec<u8> {
    const CHUNK: usize = 64 << 20;
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(Vec::<u8>::with_capacity(CHUNK)));
    }
}

#[wasm_bindgen]
pub fn fault_stack_overflow(body: &[u8]) -> Vec<u8> {
    fn descend(depth: usize) -> usize {
        let frame = black_box([depth; 64]);
        if frame[0] == usize::MAX {
            return depth;
        }
        descend(depth + 1) + frame[63]
    }
    vec![descend(body.len()) as u8]
}
