//! Upper case by Unicode's full default mapping. Four blocks at a time are mapped where the number of bytes
//! stays: ASCII letters, and characters of two bytes. Left to std, a character at a time, are mappings
//! that change the number of bytes, and the few longer characters that have case.

mod groups;
mod pairs;

use crate::runtime::block::{Block, SIZE};
use groups::{ALL, BELOW_F, Groups};
use pairs::Pairs;
use std::sync::LazyLock;

const STEP: usize = 4 * SIZE;

/// `text.to_uppercase()`.
pub fn to_uppercase(text: &str) -> String {
    let tables = &*TABLES;
    let bytes = text.as_bytes();
    let mut upper = Vec::with_capacity(bytes.len() + STEP);
    let mut at = map_one(text, 0, &mut upper);
    let mut begun = Begun::default();
    while let Some(window) = at
        .checked_sub(1)
        .and_then(|before| bytes[before..].first_chunk())
    {
        upper.extend_from_slice(map_ascii(window).as_flattened());
        let left = upper
            .last_chunk_mut()
            .and_then(|mapped| map_others(window, mapped, &mut begun, tables));
        match left {
            None => at += STEP,
            Some(place) => {
                upper.truncate(upper.len() - (STEP + 1) + place);
                at = at - 1 + place;
                at += map_one(text, at, &mut upper);
                begun = Begun::default();
            }
        }
    }
    let last = bytes.get(..at).and_then(|done| done.last());
    if last.is_some_and(|last| begins_pair(*last)) {
        upper.pop();
        at -= 1;
    }
    while at < bytes.len() {
        at += map_one(text, at, &mut upper);
    }
    // SAFETY: these are the bytes of `text` in their order, with whole characters replaced by whole ones.
    unsafe { String::from_utf8_unchecked(upper) }
}

/// Not in the code: V8 makes a constant block anew, of two numbers, each time it is needed.
static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    pairs: Pairs::new(),
    long: LONG,
});

struct Tables {
    pairs: Pairs,
    long: Groups,
}

/// The characters of three and four bytes with an upper case, and some without. Those of 0xe0 have none: 0xf0 has
/// their place.
const LONG: Groups = Groups::new(
    0xe0,
    [
        (&[0xe1], &[0x8, 0x9, 0xa, 0xb], ALL),
        (&[0xe2], &[0x8], &[0x5, 0x6]),
        (&[0xe2], &[0x9], &[0x3]),
        (&[0xe2], &[0xb], &[0x0, 0x1, 0x2, 0x3, 0x4]),
        (&[0xea], &[0x9, 0xa], &[0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf]),
        (&[0xef], &[0xa], &[0xc]),
        (&[0xef], &[0xb], &[0xd]),
        (&[0xf0], &[0x9], BELOW_F),
    ],
);

/// A step, with the byte before it and the one after it.
type Window = [u8; STEP + 2];

/// The block of a step that begins at `first`.
fn block(window: &Window, first: usize) -> Block {
    Block::load(window[first + 1..].first_chunk().unwrap_or(&[0; SIZE]))
}

/// What the last pair that a step begins leaves to the next one.
#[derive(Default)]
struct Begun {
    /// In its last byte, what is to be taken from the second one.
    second: Block,
    /// 1 when the pair is an exception.
    exception: u64,
}

fn map_ascii(window: &Window) -> [[u8; SIZE]; 4] {
    [0, 1, 2, 3].map(|number| {
        let block = block(window, number * SIZE);
        block.minus(block.within(b'a', b'z').and_byte(0x20)).store()
    })
}

/// Maps what is not ASCII, in the step and the byte before it. Returns where the first character begins that is left
/// to std.
fn map_others(
    window: &Window,
    mapped: &mut [u8; STEP + 1],
    begun: &mut Begun,
    tables: &Tables,
) -> Option<usize> {
    let blocks = [0, 1, 2, 3].map(|number| block(window, number * SIZE));
    if !any(blocks, |block| block.and_byte(0x80)) {
        return None;
    }
    let mut exceptions = 0;
    if begins_pair(window[0]) || any(blocks, |block| block.and_byte(0xe0).equals(0xc0)) {
        let mut begins = 0;
        let (mapped, _) = mapped[1..].as_chunks_mut();
        for (number, (leads, mapped)) in blocks.into_iter().zip(mapped).enumerate() {
            let first = number * SIZE;
            let changes = tables.pairs.changes(leads, block(window, first + 1));
            let second = changes.second.moved_up(begun.second);
            *mapped = Block::load(mapped)
                .minus(changes.first)
                .minus(second)
                .store();
            begun.second = changes.second;
            begins |= u64::from(changes.exceptions) << first;
        }
        exceptions = begins << 1 | begun.exception;
        begun.exception = begins >> (STEP - 1);
    }
    let mut long = 0;
    if any(blocks, |block| block.and_byte(0xe0).equals(0xe0)) {
        for (number, leads) in blocks.into_iter().enumerate() {
            let first = number * SIZE;
            // Bytes up to 0x7f get a place too, but what follows them is no second byte of these.
            let place = leads.minus_byte(0xe0).and_byte(0x8f);
            let sets = tables.long.of(place, block(window, first + 1).halves());
            long |= u64::from(!sets.equals(0).high_bits()) << first;
        }
    }
    map_exceptions(window, exceptions, long, mapped, &tables.pairs)
}

fn any([a, b, c, d]: [Block; 4], mark: impl Fn(Block) -> Block) -> bool {
    mark(a).or(mark(b)).or(mark(c).or(mark(d))).any()
}

/// Maps the exceptions before the first character that is left to std. Returns where that one begins.
fn map_exceptions(
    window: &Window,
    exceptions: u64,
    long: u64,
    mapped: &mut [u8; STEP + 1],
    pairs: &Pairs,
) -> Option<usize> {
    let mut left = exceptions;
    if long != 0 {
        left &= !(u64::MAX << long.trailing_zeros());
    }
    while left != 0 {
        // The bit is that of the second byte, and the window begins a byte before the step.
        let place = left.trailing_zeros() as usize % STEP;
        let Some(pair) = pairs.upper(window[place], window[place + 1]) else {
            return Some(place);
        };
        mapped[place..][..2].copy_from_slice(&pair);
        left &= left - 1;
    }
    (long != 0).then(|| long.trailing_zeros() as usize + 1)
}

/// RFC 3629, section 3.
fn begins_pair(byte: u8) -> bool {
    byte & 0xe0 == 0xc0
}

/// Appends the upper case of the character at `at`, or a byte of one that a step has begun. Returns how
/// many bytes it has.
fn map_one(text: &str, at: usize, upper: &mut Vec<u8>) -> usize {
    if let Some(ascii) = text.as_bytes().get(at).filter(|byte| byte.is_ascii()) {
        upper.push(ascii.to_ascii_uppercase());
        return 1;
    }
    let Some(char) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        upper.extend(text.as_bytes().get(at));
        return 1;
    };
    for mapped in char.to_uppercase() {
        upper.extend_from_slice(mapped.encode_utf8(&mut [0; 4]).as_bytes());
    }
    char.len_utf8()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::chars::tests::texts;

    #[test]
    fn maps_texts_as_std_does() {
        for text in texts() {
            assert_eq!(to_uppercase(&text), text.to_uppercase(), "{text}");
        }
    }

    #[test]
    fn maps_every_character_as_std_does() {
        // From U+20000 on none has case.
        for page in (0..0x200_u32).chain([0x2f8, 0xe01, 0x10ff]) {
            let chars = (page << 8..(page + 1) << 8).filter_map(char::from_u32);
            let text = chars.chain([' '; STEP + 1]).collect::<String>();
            assert_eq!(to_uppercase(&text), text.to_uppercase(), "page {page:x}");
        }
    }
}
