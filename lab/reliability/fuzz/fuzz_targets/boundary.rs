//! `cargo fuzz run boundary`: bytes that reach new code, held against the same promises as the properties.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| my_worker_fuzz::check(body));
