//! Characters (Unicode scalar values) of long texts, as std checks, counts, cuts and maps them, but many bytes at
//! a time. Checks (check.rs) hold each function against std's. With the feature `fast-text` upper case and the check for
//! UTF-8 are by blocks, too; without it they are as small as they can be.

#[cfg(not(feature = "fast-text"))]
mod plain;
#[cfg(feature = "fast-text")]
mod upper;
#[cfg(feature = "fast-text")]
mod utf8;

use crate::block::{Block, SIZE};
#[cfg(not(feature = "fast-text"))]
pub use plain::{from_utf8, to_uppercase};
use std::num::NonZeroU64;
#[cfg(feature = "fast-text")]
pub use upper::to_uppercase;
#[cfg(feature = "fast-text")]
pub use utf8::from_utf8;

/// How many characters `text` has: `text.chars().count()`.
pub fn count(text: &str) -> usize {
    let (blocks, rest) = text.as_bytes().as_chunks();
    let groups: usize = blocks.chunks(COUNTABLE).map(starts).sum();
    groups + rest.iter().filter(|byte| is_start(**byte)).count()
}

/// The first `count` characters of `text`, or all of it when it has fewer.
pub fn first(text: &str, count: NonZeroU64) -> &str {
    let mut left = usize::try_from(count.get()).unwrap_or(usize::MAX);
    if text.len() <= left {
        return text;
    }
    let mut end = 0;
    for group in text.as_bytes().as_chunks().0.chunks(COUNTABLE) {
        match left.checked_sub(starts(group)) {
            Some(fewer) => left = fewer,
            None => break,
        }
        end += group.len() * SIZE;
    }
    // The character that is one too many begins here or later; without one the text is short enough.
    for &byte in text.as_bytes().get(end..).unwrap_or_default() {
        if is_start(byte) {
            match left.checked_sub(1) {
                Some(fewer) => left = fewer,
                None => break,
            }
        }
        end += 1;
    }
    text.get(..end).expect("the start of a character")
}

/// How many blocks a lane can count, for it is one byte.
const COUNTABLE: usize = u8::MAX as usize;

/// How many characters begin in up to [`COUNTABLE`] blocks.
fn starts(blocks: &[[u8; SIZE]]) -> usize {
    let [high, continuation] = [0xc0, 0x80].map(Block::splat);
    let mut continuations = Block::default();
    for block in blocks {
        // Where they are equal there is 0xff, which is -1: to subtract it adds 1.
        continuations = continuations.minus(Block::load(block).and(high).equals(continuation));
    }
    let continuations: usize = continuations.store().into_iter().map(usize::from).sum();
    blocks.len() * SIZE - continuations
}

/// RFC 3629, section 3: all other bytes, 0x80 to 0xbf, continue a character.
fn is_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}
