//! Whether bytes are UTF-8, a block at a time, by the lookups of Keiser and Lemire, "Validating UTF-8 In Less Than One
//! Instruction Per Byte", <https://arxiv.org/abs/2010.03090>.

use super::upper::classes::{ALL, Classes};
use crate::block::{Block, SIZE, STEP};
use std::hint::black_box;
use std::str::Utf8Error;

/// `std::str::from_utf8`, several times as fast.
///
/// # Errors
/// Where std's fails, with std's error.
pub fn from_utf8(bytes: &[u8]) -> Result<&str, Utf8Error> {
    if !is_utf8(bytes) {
        return std::str::from_utf8(bytes);
    }
    // SAFETY: `is_utf8` is true of nothing else:
    // - each byte is in the four blocks of a step, which see the three bytes before it too, so that each pair of bytes
    //   is looked up in `MISTAKES`, and each third and fourth byte is asked for;
    // - the last window ends with a zero at least, so that a character without its end is a mistake too: `padded`.
    // check.rs compares it with std at every turn of RFC 3629, and at each place, in the module too.
    Ok(unsafe { std::str::from_utf8_unchecked(bytes) })
}

fn is_utf8(bytes: &[u8]) -> bool {
    let check = Check::new();
    let mut wrong = check.step(&padded(bytes, 0));
    let mut at = STEP;
    while let Some(window) = bytes.get(at - BEFORE..).and_then(<[u8]>::first_chunk) {
        wrong = wrong.or(check.step(window));
        at += STEP;
    }
    // A character that lacks its end is found at the zero after the last byte, which does not continue it.
    !wrong.or(check.step(&padded(bytes, at))).any()
}

/// The first byte of a character is at most so many bytes before its last one.
const BEFORE: usize = 3;

/// A step, with the three bytes before it.
type Preceded = [u8; BEFORE + STEP];

/// The step that begins at `at`, and the bytes before it; zeros where `bytes` has none.
fn padded(bytes: &[u8], at: usize) -> Preceded {
    let mut window = [0; BEFORE + STEP];
    let places = window.iter_mut().skip(BEFORE.saturating_sub(at));
    let from = bytes.get(at.saturating_sub(BEFORE)..).unwrap_or_default();
    places.zip(from).for_each(|(place, byte)| *place = *byte);
    window
}

struct Check {
    mistakes: &'static Classes,
    low_half: Block,
    high_bit: Block,
    of_three: Block,
    of_four: Block,
}

impl Check {
    fn new() -> Self {
        Self {
            // So that it is read from memory: `Block::splat` says why, and what happens if `black_box` has no effect.
            mistakes: black_box(&MISTAKES),
            low_half: Block::splat(0x0f),
            high_bit: Block::splat(0x80),
            of_three: Block::splat(0xe0),
            of_four: Block::splat(0xf0),
        }
    }

    /// Looks for bytes that break UTF-8. A lane of the answer is other than 0 when the byte of that lane is wrong in
    /// any of the four blocks of the step.
    fn step(&self, window: &Preceded) -> Block {
        let [a, b, c, d] = [0, 1, 2, 3].map(|number| Block::at(window, BEFORE + number * SIZE));
        let all = Block::at(window, 0).or(a).or(b).or(c.or(d));
        if !all.and(self.high_bit).any() {
            return Block::default();
        }
        let wrong = [0, 1, 2, 3].map(|number| self.block(window, number * SIZE));
        wrong.into_iter().fold(Block::default(), Block::or)
    }

    /// The same for one block, the last one of four that begin at `first` and one byte after each other. So each lane
    /// has a byte, and the three before it, as here the last lane of "a漢":
    ///
    /// ```text
    /// third    .. .. .. 61
    /// second   .. .. 61 e6
    /// before   .. 61 e6 bc
    /// block    61 e6 bc a2
    /// ```
    fn block(&self, window: &Preceded, first: usize) -> Block {
        let [third, second, before, block] =
            [0, 1, 2, 3].map(|more| Block::at(window, first + more));
        let [high, low] = before.halves(self.low_half);
        let [next, _] = block.halves(self.low_half);
        let mistakes = self.mistakes.of_pairs(high, [low, next]);
        let goes_on = self.of_three.up_to(second).or(self.of_four.up_to(third));
        mistakes.minus(goes_on.and(self.high_bit))
    }
}

/// Which two bytes cannot follow each other in UTF-8 (RFC 3629, section 4): the upper half of the first one, its lower
/// half, and the upper half of the second one. upper/tables.rs makes this table.
pub(super) const MISTAKES: Classes = Classes::new(
    0,
    [
        // A character without its end, and one without its beginning.
        (LEADS, ALL, NO_CONTINUATIONS),
        (ASCII, ALL, CONTINUATIONS),
        // Longer than it has to be.
        (&[0xc], &[0x0, 0x1], CONTINUATIONS),
        (&[0xe], &[0x0], &[0x8, 0x9]),
        // A surrogate.
        (&[0xe], &[0xd], &[0xa, 0xb]),
        // Beyond U+10FFFF; with 0xf0 longer than it has to be.
        (&[0xf], NEITHER_1_TO_4, &[0x8]),
        (&[0xf], FROM_4_ON, &[0x9, 0xa, 0xb]),
        // Right only where a character of three or four bytes goes on. The last class has the highest bit, which
        // `block` takes away there.
        (CONTINUATIONS, ALL, CONTINUATIONS),
    ],
);

const ASCII: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7];
const CONTINUATIONS: &[u8] = &[0x8, 0x9, 0xa, 0xb];
const LEADS: &[u8] = &[0xc, 0xd, 0xe, 0xf];
const NO_CONTINUATIONS: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 0xc, 0xd, 0xe, 0xf];
const NEITHER_1_TO_4: &[u8] = &[0, 5, 6, 7, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf];
const FROM_4_ON: &[u8] = &[4, 5, 6, 7, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf];
