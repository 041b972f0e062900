//! A step of 64 bytes with its neighbours, and which kinds of character begin in it.

use crate::block::{Block, SIZE, STEP};

/// A step, with the byte before it and the one after it.
pub type Window = [u8; STEP + 2];

/// The block of a step that begins at `first`.
pub fn block(window: &Window, first: usize) -> Block {
    Block::at(window, first + 1)
}

pub fn blocks(window: &Window) -> [Block; 4] {
    [0, 1, 2, 3].map(|number| block(window, number * SIZE))
}

/// Tells which kinds of character there are, by their first bytes (RFC 3629, section 3).
pub struct Kinds {
    long: Block,
    /// Added to the first byte of a pair, it makes 0xe0 or more of it; that of a longer character becomes less than
    /// 0x20.
    distance: Block,
}

impl Kinds {
    pub fn new() -> Self {
        Self {
            long: Block::splat(0xe0),
            distance: Block::splat(0xe0 - 0xc0),
        }
    }

    pub fn only_ascii(&self, window: &Window) -> bool {
        greatest(blocks(window)).high_bits() == 0
    }

    /// Whether a pair begins in a step, or just before it.
    pub fn pairs(&self, window: &Window) -> bool {
        let moved = blocks(window).map(|block| block.plus(self.distance));
        (window[0] & 0xe0 == 0xc0) | self.long.up_to(greatest(moved)).any()
    }

    /// Whether a character of three or four bytes begins in a step.
    pub fn long(&self, window: &Window) -> bool {
        self.long.up_to(greatest(blocks(window))).any()
    }
}

fn greatest([a, b, c, d]: [Block; 4]) -> Block {
    a.max(b).max(c.max(d))
}
