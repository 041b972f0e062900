//! Upper case by Unicode's full default mapping. Four blocks at a time are copied with their ASCII letters
//! mapped, and the two-byte characters in them are then replaced from a table. Left to std, a character at
//! a time, are mappings that change the number of bytes, and the few longer characters that have case.

use crate::runtime::block::{Block, SIZE};
use std::sync::LazyLock;

const STEP: usize = 4 * SIZE;

/// `text.to_uppercase()`.
pub fn to_uppercase(text: &str) -> String {
    let table = &*PAIRS;
    let bytes = text.as_bytes();
    let mut upper = Vec::with_capacity(bytes.len() + STEP);
    let mut at = map_one(text, 0, &mut upper);
    // 1 when the last byte before `at` begins a pair.
    let mut begun = 0;
    while let Some(window) = at
        .checked_sub(1)
        .and_then(|before| bytes[before..].first_chunk())
    {
        upper.extend_from_slice(map_ascii(window).as_flattened());
        let Marks { leads, long } = marks(window);
        // By their second byte, which is in the step where the first one may be before it.
        let pairs = leads << 1 | begun;
        begun = leads >> (STEP - 1);
        let left = upper
            .last_chunk_mut()
            .and_then(|mapped| map_pairs(window, pairs, long, mapped, table));
        match left {
            None => at += STEP,
            Some(left) => {
                upper.truncate(upper.len() - (STEP + 1) + left);
                at = at - 1 + left;
                at += map_one(text, at, &mut upper);
                begun = 0;
            }
        }
    }
    if begun == 1 {
        upper.pop();
        at -= 1;
    }
    while at < bytes.len() {
        at += map_one(text, at, &mut upper);
    }
    // SAFETY: these are the bytes of `text` in their order, with whole characters replaced by whole ones.
    unsafe { String::from_utf8_unchecked(upper) }
}

/// Maps the two-byte characters before the first one that is left to std. Returns where that one begins.
fn map_pairs(
    window: &Window,
    pairs: u64,
    long: u64,
    upper: &mut [u8; STEP + 1],
    table: &Pairs,
) -> Option<usize> {
    let mut left = pairs;
    if long != 0 {
        left &= !(u64::MAX << long.trailing_zeros());
    }
    while left != 0 {
        // The bit is that of the second byte, and the window begins a byte before the step.
        let place = left.trailing_zeros() as usize % STEP;
        let mapped = table[code_point(window[place], window[place + 1])];
        if mapped == LEFT_TO_STD {
            return Some(place);
        }
        upper[place..][..2].copy_from_slice(&mapped.to_le_bytes());
        left &= left - 1;
    }
    (long != 0).then(|| long.trailing_zeros() as usize + 1)
}

/// A step, with the byte before it and the one after it.
type Window = [u8; STEP + 2];

/// The block of a step that begins at `first`.
fn block(window: &Window, first: usize) -> Block {
    Block::load(window[first + 1..].first_chunk().unwrap_or(&[0; SIZE]))
}

fn map_ascii(window: &Window) -> [[u8; SIZE]; 4] {
    [0, 1, 2, 3].map(|number| {
        let block = block(window, number * SIZE);
        block.minus(block.within(b'a', b'z').and_byte(0x20)).store()
    })
}

/// A bit for each byte of a step.
struct Marks {
    /// Where characters of two bytes begin.
    leads: u64,
    /// Where longer ones begin that are left to std.
    long: u64,
}

fn marks(window: &Window) -> Marks {
    let blocks = [0, 1, 2, 3].map(|number| block(window, number * SIZE));
    let mut marks = Marks { leads: 0, long: 0 };
    let [a, b, c, d] = blocks;
    if a.or(b).or(c.or(d)).high_bits() != 0 {
        for (number, leads) in blocks.into_iter().enumerate() {
            let first = number * SIZE;
            marks.leads |= u64::from(leads.and_byte(0xe0).equals(0xc0).high_bits()) << first;
            marks.long |= u64::from(cased(leads, block(window, first + 1))) << first;
        }
    }
    marks
}

/// Where characters of three or four bytes begin that may have another upper case, told by their first two bytes.
fn cased(leads: Block, next: Block) -> u16 {
    // 0xf0 shares the entry of 0xe0, whose characters have no case. Of the bytes that lead no such character,
    // those up to 0x7f may find an entry too, but the byte after them is never one that continues a character.
    let entry = leads.minus_byte(0xe0).and_byte(0x8f);
    let groups = entry
        .look_up(&LEADS)
        .and(next.high_half().look_up(&HIGH_HALVES));
    !groups
        .and(next.and_byte(0x0f).look_up(&LOW_HALVES))
        .equals(0)
        .high_bits()
}

/// Each bit is a group of two-byte beginnings: those that have it in all three tables, by the lead byte from 0xe0
/// on and by the halves of the byte after it. Together they begin all longer characters with another upper case:
/// 01, f0 90-9e; 02, e1; 04, e2 85-86; 08, e2 93; 10, e2 b0-b4; 20, ea 99-9f and a9-af; 40, ef ac; 80, ef bd.
const LEADS: [u8; SIZE] = [
    0x01, 0x02, 0x1c, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0xc0,
];
const HIGH_HALVES: [u8; SIZE] = [0, 0, 0, 0, 0, 0, 0, 0, 0x06, 0x2b, 0x62, 0x92, 0, 0, 0, 0];
const LOW_HALVES: [u8; SIZE] = [
    0x13, 0x13, 0x13, 0x1b, 0x13, 0x07, 0x07, 0x03, 0x03, 0x23, 0x23, 0x23, 0x63, 0xa3, 0x23, 0x22,
];

/// The two bytes of the upper case of each character of two bytes, by its code point.
type Pairs = [u16; 0x800];

static PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    let mut pairs = [LEFT_TO_STD; 0x800];
    for char in '\u{80}'..'\u{800}' {
        let upper = String::from_iter(char.to_uppercase());
        // Two characters of one byte would do as well: ß becomes SS.
        if let Ok(bytes) = upper.as_bytes().try_into() {
            pairs[char as usize] = u16::from_le_bytes(bytes);
        }
    }
    pairs
});

/// No character: in UTF-8 a zero byte is one of its own.
const LEFT_TO_STD: u16 = 0;

fn code_point(lead: u8, trail: u8) -> usize {
    usize::from(lead & 0x1f) << 6 | usize::from(trail & 0x3f)
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
        for page in 0..0x1100_u32 {
            let chars = (page << 8..(page + 1) << 8).filter_map(char::from_u32);
            let text = chars.chain([' '; STEP + 1]).collect::<String>();
            assert_eq!(to_uppercase(&text), text.to_uppercase(), "page {page:x}");
        }
    }
}
