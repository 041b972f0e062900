//! Sets of two bytes that follow each other, looked up for a block at a time.

use crate::runtime::block::{Block, SIZE};

/// Up to eight sets, a bit each. The first byte, or half of it, and two more halves tell in which of them two bytes
/// are: in those that have all three.
#[cfg_attr(test, derive(PartialEq))]
pub struct Classes {
    first: [u8; SIZE],
    second: [u8; SIZE],
    third: [u8; SIZE],
}

impl Classes {
    /// What each set has of the three. The first ones count from `origin` on, modulo 16.
    pub const fn new(origin: u8, sets: [(&[u8], &[u8], &[u8]); 8]) -> Self {
        let mut classes = Self {
            first: [0; SIZE],
            second: [0; SIZE],
            third: [0; SIZE],
        };
        let mut set = 0;
        while set < sets.len() {
            let (first, second, third) = sets[set];
            add(set, first, origin, &mut classes.first);
            add(set, second, 0, &mut classes.second);
            add(set, third, 0, &mut classes.third);
            set += 1;
        }
        classes
    }

    /// The sets of each byte.
    pub fn of_pairs(&self, first: Block, [second, third]: [Block; 2]) -> Block {
        first
            .look_up(&self.first)
            .and(second.look_up(&self.second))
            .and(third.look_up(&self.third))
    }
}

const fn add(set: usize, bytes: &[u8], origin: u8, table: &mut [u8; SIZE]) {
    let mut number = 0;
    while number < bytes.len() {
        table[((bytes[number] - origin) % 16) as usize] |= 1 << set;
        number += 1;
    }
}

pub const ALL: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
pub const ODD: &[u8] = &[1, 3, 5, 7, 9, 11, 13, 15];
pub const BELOW_F: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
