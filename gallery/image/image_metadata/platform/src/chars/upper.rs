//! Upper case by Unicode's full default mapping, in steps of four blocks. For ASCII letters, and for most characters of
//! two bytes, their bytes tell what to subtract from them. The others are exceptions, which are mapped one by one.

mod batch;
pub(super) mod classes;
mod long;
mod mapping;
mod pairs;
#[cfg(test)]
mod tables;
mod window;

use crate::block::{Block, STEP, Step};
use batch::Batch;
use long::Long;
use mapping::Mapping;
use pairs::Pairs;
use std::sync::LazyLock;
use window::{Kinds, Window, blocks};

/// `text.to_uppercase()`.
pub fn to_uppercase(text: &str) -> String {
    let tables = &*TABLES;
    let bytes = text.as_bytes();
    let mut upper = Vec::with_capacity(bytes.len() + STEP);
    // A step is read with the byte before it, so the first character is mapped alone.
    let mut at = 0;
    if let Some(first) = text.chars().next() {
        map_one(first, &mut upper);
        at = first.len_utf8();
    }
    let mut batch = Batch::new();
    while let Some(window) = at
        .checked_sub(1)
        .and_then(|before| bytes.get(before..)?.first_chunk())
    {
        if tables.kinds.only_ascii(window) {
            let mapped = tables.letters.map(window);
            upper.extend_from_slice(mapped.as_flattened());
            at += STEP;
        } else {
            at += batch.append(text, at, &mut upper, tables);
        }
    }
    // The last step may have ended in the middle of a character.
    while !text.is_char_boundary(at) {
        upper.pop();
        at -= 1;
    }
    for char in text.get(at..).unwrap_or_default().chars() {
        map_one(char, &mut upper);
    }
    // SAFETY: this is `text`, which is UTF-8, with some of its characters replaced by whole others:
    // - `Letters::map` replaces ASCII by ASCII and leaves all other bytes;
    // - `Pairs::map` replaces pairs that are in `REGULAR` by pairs, also one that begins in one step and ends in the
    //   next: `Batch::begun`;
    // - an exception begins at the first byte of a character, by `Pairs::changes` and `Long::exceptions`; it is left out
    //   to its last byte, and what comes in its place is std's: `Mapping`;
    // - a character that the last step cuts is none of these, so each of its bytes was one byte, which was popped.
    // check.rs holds the outcome against std's, at each place of a step and of a group.
    unsafe { String::from_utf8_unchecked(upper) }
}

/// In memory, for V8 makes a constant block anew each time it is used.
static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    kinds: Kinds::new(),
    letters: Letters::new(),
    pairs: Pairs::new(),
    long: Long::new(),
});

struct Tables {
    kinds: Kinds,
    letters: Letters,
    pairs: Pairs,
    long: Long,
}

impl Tables {
    /// How many bytes the character has that begins at `at`, and its mapping; none where no character begins.
    fn mapping(&self, text: &str, at: usize) -> Option<(usize, Mapping)> {
        let pair = text.as_bytes().get(at..)?.first_chunk();
        let pair = pair.and_then(|pair| self.pairs.mapping(*pair));
        pair.map(|mapping| (2, mapping)).or_else(|| {
            let char = text.get(at..)?.chars().next()?;
            Some((char.len_utf8(), Mapping::from_char(char)))
        })
    }
}

/// Finds the small letters of ASCII by one comparison: when `z` is moved to 0x7f, the greatest signed number, then they
/// are all that is above `below`.
struct Letters {
    move_by: Block,
    below: Block,
    distance: Block,
}

impl Letters {
    fn new() -> Self {
        Self {
            move_by: Block::splat(0x7f - b'z'),
            below: Block::splat(0x7f - (b'z' - b'a') - 1),
            distance: Block::splat(b'a' - b'A'),
        }
    }

    fn map(&self, window: &Window) -> Step {
        blocks(window).map(|block| {
            let letters = block.plus(self.move_by).above(self.below);
            block.minus(letters.and(self.distance)).store()
        })
    }
}

fn map_one(char: char, upper: &mut Vec<u8>) {
    if char.is_ascii() {
        upper.push(char.to_ascii_uppercase() as u8);
    } else {
        Mapping::from_char(char).append_to(upper);
    }
}
