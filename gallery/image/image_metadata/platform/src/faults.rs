//! Exports that fail on demand, for the tests of recovery in worker/platform/test. Compiled only with the feature
//! `faults`: the deployed module has none of them.

use crate::WasmError;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

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

/// Fails in the way that the first line of the body names, with the second as a text, or as a number, in the message.
#[wasm_bindgen]
pub fn fault_quoting(body: &[u8]) -> Result<Vec<u8>, JsValue> {
    let (way, text) = str::from_utf8(body).unwrap().split_once('\n').unwrap();
    let number: usize = text.parse().unwrap_or_default();
    let texts = BTreeMap::from([("", String::new())]);
    let none: Option<&str> = None;
    match way {
        "panic" => panic!("{text}"),
        "panic-any" => std::panic::panic_any(text.to_owned()),
        "like-std" => panic!("index out of bounds{text}"),
        "unwrap" => black_box(Err(text)).unwrap(),
        "unwrap-number" => black_box(Err(number)).unwrap(),
        "unwrap-debug" => black_box(Err(format_args!("{text}"))).unwrap(),
        "unwrap-err" => black_box(Ok::<_, ()>(text)).unwrap_err(),
        "expect" => black_box(Err(text)).expect("none"),
        "expect-text" => none.map(drop).expect(text),
        "assert" => assert!(text.is_empty(), "{text}"),
        "assert-eq" => assert_eq!(text, ""),
        "assert-ne" => assert_ne!(text, black_box(text), "{text}"),
        "unreachable" => unreachable!("{text}"),
        "todo" => todo!("{text}"),
        "index" => drop([String::new()][number].clone()),
        "range" => drop([""][number..].to_vec()),
        "slice" => drop(text[text.len() + 1..].to_owned()),
        "boundary" => drop(format!("é{text}")[1..].to_owned()),
        "remove" => drop(vec![""].remove(number)),
        "clamp" => drop((text.len() as f64).clamp(number as f64, 0.0)),
        "key" => drop(texts[text].clone()),
        "throw" => wasm_bindgen::throw_str(text),
        "error" => return Err(Exception::new(text).into()),
        "failed" => return Err(WasmError::failed("a failure on demand").into()),
        _ => unreachable!(),
    }
    Ok(Vec::new())
}

#[wasm_bindgen]
pub fn fault_out_of_memory(_body: &[u8]) -> Vec<u8> {
    const CHUNK: usize = 1 << 20;
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

/// Holds a copy of the body, and never comes back.
#[wasm_bindgen]
pub fn fault_endless(body: &[u8]) -> Vec<u8> {
    let held = body.to_vec();
    loop {
        black_box(&held);
    }
}

/// Needs so much memory for a moment; answers how much it was.
#[wasm_bindgen]
pub fn fault_grow(bytes: usize, times: usize) -> usize {
    black_box(vec![1_u8; bytes * times]).len()
}

/// What the Worker's own JavaScript may do while Rust runs.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);

    #[wasm_bindgen(js_name = faultWithin)]
    fn fault_within();

    #[wasm_bindgen(catch, js_name = faultWithin)]
    fn fault_within_caught() -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = Error)]
    type Exception;

    #[wasm_bindgen(constructor, js_class = Error)]
    fn new(message: &str) -> Exception;
}

/// An exception of the runtime, which has a `code`, passes through Rust.
#[wasm_bindgen]
pub fn fault_exception(_body: &[u8]) -> Vec<u8> {
    let mut more_than_it_gives = vec![0; 70_000];
    get_random_values(&mut more_than_it_gives);
    more_than_it_gives
}

/// Calls the JavaScript function `faultWithin`.
#[wasm_bindgen]
pub fn fault_call_out(_body: &[u8]) -> Vec<u8> {
    fault_within();
    Vec::new()
}

/// Calls it too, and goes on whatever it throws.
#[wasm_bindgen]
pub fn fault_call_out_caught(_body: &[u8]) -> Vec<u8> {
    let _ = fault_within_caught();
    Vec::new()
}

/// Something that one request keeps in the instance while others are answered.
#[wasm_bindgen]
pub struct FaultNote {
    text: String,
}

#[wasm_bindgen]
impl FaultNote {
    #[wasm_bindgen(constructor)]
    pub fn new(text: String) -> FaultNote {
        FaultNote { text }
    }

    pub fn text(&self) -> String {
        self.text.clone()
    }
}

#[wasm_bindgen]
pub fn fault_notes(notes: Vec<FaultNote>) -> String {
    notes.into_iter().map(|note| note.text).collect()
}
