//! Each crate of docs/crates.md called once, and the mistakes that fail only when they are called.

use crate::{console, keys, png};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use wasm_bindgen::prelude::wasm_bindgen;

/// What a crate gives.
#[wasm_bindgen]
pub fn called(name: &str) -> String {
    let mut bytes = [0; 8];
    let mut text = String::new();
    match name {
        "getrandom" => getrandom::fill(&mut bytes).expect("bytes"),
        "getrandom_03" => getrandom_03::fill(&mut bytes).expect("bytes"),
        "getrandom_02" => getrandom_02::getrandom(&mut bytes).expect("bytes"),
        "rand" => bytes = rand::random(),
        "uuid" => return uuid::Uuid::new_v4().to_string(),
        "ahash" => return ahash::RandomState::new().hash_one(0).to_string(),
        "std" => return RandomState::new().hash_one(0).to_string(),
        "chrono" => return chrono::Utc::now().timestamp().to_string(),
        "time" => return time::OffsetDateTime::now_utc().unix_timestamp().to_string(),
        "jiff" => return jiff::Timestamp::now().as_second().to_string(),
        "web-time" => {
            let _ = web_time::Instant::now().elapsed();
            let since = web_time::SystemTime::now().duration_since(web_time::UNIX_EPOCH);
            return since.expect("a time").as_secs().to_string();
        }
        "rayon" => return (0..1000).into_par_iter().sum::<u32>().to_string(),
        "tokio" => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime");
            let (sender, receiver) = tokio::sync::oneshot::channel();
            sender.send("sent").expect("a receiver");
            return runtime.block_on(receiver).expect("a sender").to_owned();
        }
        "log" => log::info!("from the crate log"),
        "tracing" => tracing::info!("from the crate tracing"),
        "console" => console::log("from the console"),
        "keys" => return keys::counted("a b a".split(' '))["a"].to_string(),
        "png" => return png::pixels(&bytes).expect_err("no PNG").to_string(),
        "ruzstd" => {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            let packed = ruzstd::encoding::compress_to_vec(&b"packed"[..], level);
            let mut reader = ruzstd::decoding::StreamingDecoder::new(&packed[..]).expect("a frame");
            reader.read_to_string(&mut text).expect("a text");
            return text;
        }
        "bzip2" => {
            let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            writer.write_all(b"packed").expect("room");
            let packed = writer.finish().expect("room");
            bzip2::read::BzDecoder::new(&packed[..])
                .read_to_string(&mut text)
                .expect("a text");
            return text;
        }
        "flate2" => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(b"packed").expect("room");
            let packed = writer.finish().expect("room");
            flate2::read::GzDecoder::new(&packed[..])
                .read_to_string(&mut text)
                .expect("a text");
            return text;
        }
        _ => return format!("not called: {name}"),
    }
    format!("{} bytes", bytes.len())
}

/// Fails.
#[wasm_bindgen]
pub fn mistake(name: &str) {
    match name {
        "memory" => drop(vec![1_u8; 1 << 30]),
        "time" => drop(std::time::Instant::now()),
        "pool" => drop(rayon::ThreadPoolBuilder::new().build().unwrap()),
        "thread" => drop(std::thread::spawn(|| ())),
        _ => {}
    }
}

#[wasm_bindgen]
extern "C" {
    /// A function of JavaScript.
    pub type Callback;

    #[wasm_bindgen(method)]
    fn call(this: &Callback);
}

/// An object that is lent while it calls.
#[wasm_bindgen]
pub struct Counter(u32);

#[wasm_bindgen]
impl Counter {
    /// At 0.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self(0)
    }

    /// Counts, and calls.
    pub fn count(&mut self, callback: &Callback) {
        self.0 += 1;
        callback.call();
    }
}
