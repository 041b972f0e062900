//! What handles many bytes at once, held against what handles them one by one. The tests of this crate run these checks
//! over the loops of block/loops.rs; worker/platform/test/simd.test.ts runs them in the module, where they are SIMD
//! instructions.

use super::block::{SIZE, STEP};
use super::{chars, json};
use std::num::NonZeroU64;

/// Panics at the first difference. Compiled only with the feature `faults`.
#[cfg(feature = "faults")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn check_simd(_body: &[u8]) -> Vec<u8> {
    #[cfg(target_feature = "simd128")]
    super::block::loops::check();
    counts();
    takes_the_first();
    maps_texts_to_upper_case();
    maps_every_character_to_upper_case();
    maps_exceptions_at_every_place_of_a_step();
    maps_exceptions_at_the_end_of_a_group();
    knows_utf8_of_any_four_bytes();
    knows_utf8_of_a_text_cut_anywhere();
    finds_what_json_escapes();
    b"as std".to_vec()
}

/// How many bytes the steps have that upper case handles together.
const BATCH: usize = 16 * STEP;

/// Miri takes thousands of times as long: of all cases it gets one in so many.
const EVERY: usize = if cfg!(miri) { 101 } else { 1 };

/// Texts of characters of one to four bytes, up to twice as long as a step.
fn texts() -> impl Iterator<Item = String> {
    let sources = [
        "plain ascii, lower and UPPER",
        "zñ漢🦀a",
        "漢",
        "🦀",
        "ελλάδα ςß",
        "zażółć ещё ĹİŸ",
        "ŉaﬃ",
    ];
    sources.into_iter().flat_map(|source| {
        let lengths = (0..150).step_by(EVERY);
        lengths.map(move |length| source.chars().cycle().take(length).collect())
    })
}

#[cfg_attr(test, test)]
fn counts() {
    // A lane counts 255 blocks at most.
    let long = ["a", "é", "漢", "🦀"].map(|char| char.repeat(256 * SIZE));
    for text in texts().chain(long.into_iter().step_by(EVERY)) {
        assert_eq!(chars::count(&text), text.chars().count(), "{text}");
    }
}

#[cfg_attr(test, test)]
fn takes_the_first() {
    for text in texts() {
        for number in [1, 2, 15, 16, 17, 31, 32, 33, 100, 149, 150, u64::MAX] {
            let expected: String = text.chars().take(number.min(1000) as usize).collect();
            let number = NonZeroU64::new(number).expect("not zero");
            assert_eq!(chars::first(&text, number), expected, "{number} of {text}");
        }
    }
    // Beyond the first groups.
    let text = "aé漢🦀".repeat(BATCH);
    for number in [4, 5, 6, 7].map(|quarters| quarters * BATCH / 2 + 1) {
        let expected: String = text.chars().take(number).collect();
        let number = NonZeroU64::new(number as u64).expect("not zero");
        assert!(chars::first(&text, number) == expected, "{number}");
    }
}

fn expect_upper(text: &str) {
    assert_eq!(chars::to_uppercase(text), text.to_uppercase(), "{text}");
}

#[cfg_attr(test, test)]
fn maps_texts_to_upper_case() {
    texts().for_each(|text| expect_upper(&text));
}

#[cfg_attr(test, test)]
fn maps_every_character_to_upper_case() {
    // From U+20000 on none has case.
    for page in (0..0x200_u32).chain([0x2f8, 0xe01, 0x10ff]).step_by(EVERY) {
        let chars = (page << 8..(page + 1) << 8).filter_map(char::from_u32);
        expect_upper(&chars.chain([' '; STEP + 1]).collect::<String>());
    }
}

#[cfg_attr(test, test)]
fn maps_exceptions_at_every_place_of_a_step() {
    // To less bytes, to as many and to more, in characters of two and of three.
    for exception in ['ı', 'ß', 'ΐ', 'ŉ', 'ﬁ', 'ᾷ', 'ậ', 'ⱥ', 'ა', '𐐨'] {
        for place in (0..2 * STEP).step_by(EVERY) {
            let before = "a".repeat(place);
            expect_upper(&format!(
                "{before}{exception}{exception}ά{exception}ё{before}é"
            ));
        }
    }
}

#[cfg_attr(test, test)]
fn maps_exceptions_at_the_end_of_a_group() {
    for around in ['ı', 'ß', 'ΐ', 'ậ', '𐐨', 'é', 'я', '漢', '🦀'] {
        for place in (BATCH - 4..BATCH + 4).step_by(EVERY) {
            let before = "a".repeat(place);
            let after = "é".repeat(STEP);
            expect_upper(&format!("aé{before}{around}aé{around}{around}{after}"));
        }
    }
}

fn expect_utf8(bytes: &[u8]) {
    let expected = std::str::from_utf8(bytes);
    assert_eq!(chars::from_utf8(bytes), expected, "{bytes:x?}");
}

/// Where RFC 3629, section 4, draws a line: bytes on both sides of each.
const TURNS: [u8; 19] = [
    0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xef, 0xf0, 0xf3,
    0xf4, 0xf5, 0xff,
];

#[cfg_attr(test, test)]
fn knows_utf8_of_any_four_bytes() {
    let mut bytes = [b'a'; STEP + SIZE];
    let mut place = 0;
    for number in (0..TURNS.len().pow(4)).step_by(EVERY.pow(2)) {
        let four = [1, 19, 361, 6859].map(|unit| TURNS[number / unit % 19]);
        bytes[place..place + 4].copy_from_slice(&four);
        expect_utf8(&bytes);
        bytes[place..place + 4].fill(b'a');
        // So that they stand at the ends of a block, of a step and of all as well.
        place = (place + 1) % (bytes.len() - 3);
    }
}

#[cfg_attr(test, test)]
fn knows_utf8_of_a_text_cut_anywhere() {
    let text = "aé漢🦀".repeat(20);
    for end in (0..=text.len()).step_by(EVERY) {
        for start in 0..=end.min(SIZE) {
            expect_utf8(&text.as_bytes()[start..end]);
        }
    }
}

#[cfg_attr(test, test)]
fn finds_what_json_escapes() {
    for place in (0..=STEP).step_by(EVERY) {
        let around = "a".repeat(place);
        for byte in 0..=0x7f_u8 {
            let char = char::from(byte);
            let escaped = match char {
                '"' | '\\' => format!("\\{char}"),
                '\x08' => r"\b".to_owned(),
                '\t' => r"\t".to_owned(),
                '\n' => r"\n".to_owned(),
                '\x0c' => r"\f".to_owned(),
                '\r' => r"\r".to_owned(),
                '\0'..' ' => format!("\\u{byte:04x}"),
                _ => char.to_string(),
            };
            let text = format!("{around}{char}{around}é");
            let body = format!("\"{around}{escaped}{around}é\"");
            let mut written = Vec::new();
            assert!(json::write(&text, &mut written).is_ok(), "{body}");
            assert_eq!(str::from_utf8(&written), Ok(&*body));
            assert_eq!(json::from_slice(body.as_bytes()), Ok(text));
            let plain = format!("\"{around}{char}{around}é\"");
            let read = json::from_slice::<String>(plain.as_bytes());
            assert_eq!(read.is_ok(), escaped.len() == 1, "{plain:?}");
        }
    }
}
