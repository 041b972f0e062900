//! Classes of two bytes that follow each other, looked up for a block at a time: the vectorized classification of
//! Langdale and Lemire, "Parsing Gigabytes of JSON per Second", <https://arxiv.org/abs/1902.08318>.

use crate::block::{Block, SIZE};

/// Up to eight classes, a bit for each. Three tables have, for the first byte or half of it and for two more halves,
/// the bits of the classes that it can be in. Two bytes are in the classes whose bits are set in all three entries.
#[cfg_attr(test, derive(PartialEq))]
pub struct Classes {
    first: [u8; SIZE],
    second: [u8; SIZE],
    third: [u8; SIZE],
}

impl Classes {
    /// Of each class, what it has in the three tables. First bytes are looked up by their distance from `origin`,
    /// modulo 16.
    pub const fn new(origin: u8, classes: [(&[u8], &[u8], &[u8]); 8]) -> Self {
        let mut tables = Self {
            first: [0; SIZE],
            second: [0; SIZE],
            third: [0; SIZE],
        };
        let mut class = 0;
        while class < classes.len() {
            let (first, second, third) = classes[class];
            add(class, first, origin, &mut tables.first);
            add(class, second, 0, &mut tables.second);
            add(class, third, 0, &mut tables.third);
            class += 1;
        }
        tables
    }

    /// The classes of each lane.
    pub fn of_pairs(&self, first: Block, [second, third]: [Block; 2]) -> Block {
        first
            .look_up(&self.first)
            .and(second.look_up(&self.second))
            .and(third.look_up(&self.third))
    }
}

const fn add(class: usize, bytes: &[u8], origin: u8, table: &mut [u8; SIZE]) {
    let mut number = 0;
    while number < bytes.len() {
        table[((bytes[number] - origin) % 16) as usize] |= 1 << class;
        number += 1;
    }
}

pub const ALL: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
pub const ODD: &[u8] = &[1, 3, 5, 7, 9, 11, 13, 15];
pub const BELOW_F: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
