//! The plain part of a JSON string, in the text that is read and in the one that is written.

use crate::block::{Block, SIZE, STEP, Step};

/// What stands after a backslash, and the character that it means (RFC 8259, section 7); frequent ones first.
pub const SHORT_ESCAPES: [(u8, u8); 8] = [
    (b'n', b'\n'),
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b't', b'\t'),
    (b'r', b'\r'),
    (b'/', b'/'),
    (b'b', 0x08),
    (b'f', 0x0c),
];

/// How many bytes at the start of `bytes` are the same in a JSON string and in the text that it stands
/// for: all before the first quote, backslash or control character (RFC 8259, section 7).
pub fn plain(bytes: &[u8]) -> usize {
    let special = Special::new();
    let steps = bytes.as_chunks().0.as_chunks().0.iter();
    let done = steps.take_while(|step| !special.any_in(step)).count() * STEP;
    let mut rest = bytes.iter().skip(done);
    rest.position(is_special)
        .map_or(bytes.len(), |place| done + place)
}

/// Appends the plain start of `bytes`, and returns what comes after it. Not by one copy of all of it: its
/// target begins a few bytes further into a page than `bytes`, and lib.rs says what that can cost.
pub fn copy_plain<'a>(bytes: &'a [u8], json: &mut Vec<u8>) -> &'a [u8] {
    let special = Special::new();
    let mut done = 0;
    for step in bytes.as_chunks().0.as_chunks().0 {
        if special.any_in(step) {
            break;
        }
        json.extend_from_slice(step.as_flattened());
        done += STEP;
    }
    let rest = bytes.get(done..).unwrap_or_default();
    let (plain, after) = rest.split_at_checked(plain(rest)).unwrap_or((rest, &[]));
    json.extend_from_slice(plain);
    after
}

/// How many bytes longer a text is as a JSON string, its quotes not counted.
pub fn escapes(mut bytes: &[u8]) -> usize {
    let mut more = 0;
    while let Some((special, after)) = bytes.split_at(plain(bytes)).1.split_first() {
        let short = SHORT_ESCAPES.iter().any(|(_, meant)| meant == special);
        more += if short { 1 } else { 5 };
        bytes = after;
    }
    more
}

fn is_special(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

struct Special {
    quote: Block,
    backslash: Block,
    space: Block,
}

impl Special {
    fn new() -> Self {
        Self {
            quote: Block::splat(b'"'),
            backslash: Block::splat(b'\\'),
            space: Block::splat(b' '),
        }
    }

    fn any_in(&self, step: &Step) -> bool {
        let blocks = step.iter().map(|bytes| self.places(bytes));
        blocks.fold(Block::default(), Block::or).any()
    }

    /// Some byte other than 0 where a byte is special, else 0.
    fn places(&self, bytes: &[u8; SIZE]) -> Block {
        let block = Block::load(bytes);
        let sign = block.equals(self.quote).or(block.equals(self.backslash));
        sign.or(block.below(self.space))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_before_the_first_special_byte() {
        for length in 0..70 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; length];
                    bytes[place] = byte;
                    let special = byte == b'"' || byte == b'\\' || byte < 0x20;
                    let (before, after) = bytes.split_at(if special { place } else { length });
                    assert_eq!(plain(&bytes), before.len());
                    let mut json = Vec::new();
                    assert_eq!(copy_plain(&bytes, &mut json), after);
                    assert_eq!(json, before);
                }
            }
        }
    }
}
