//! Steps that are mapped together. A processor cannot predict which kinds of character the next step has, nor whether
//! it has an exception, and a wrong prediction costs as much time as to map a step. So the kinds that each step of a
//! batch has are found first. Then each kind is mapped in a loop of its own, and the exceptions come last.

use super::Tables;
use super::window::Window;
use crate::block::{Block, SIZE, STEP, Step};
use std::iter::from_fn;
use std::ops::Range;

/// The most steps of a batch. A set of steps is a number, with a bit for each.
pub const STEPS: usize = 16;

pub struct Batch {
    /// The steps, and one more that is not used: so from any place in them as many bytes as a step has can be copied.
    mapped: [Step; STEPS + 1],
    /// A bit for each exception that begins in a step.
    exceptions: [u64; STEPS],
    /// A bit for each step with exceptions.
    exceptional: u64,
    /// Its last lane has what to subtract from the first byte of the next step, when that is the second byte of a pair;
    /// else 0, which `to_uppercase` rests on. When there is such a pair, `Kinds::pairs` is true of the next step, and
    /// `Pairs::map` subtracts it.
    begun: Block,
}

impl Batch {
    pub fn new() -> Self {
        Self {
            mapped: [[[0; SIZE]; 4]; STEPS + 1],
            exceptions: [0; STEPS],
            exceptional: 0,
            begun: Block::default(),
        }
    }

    /// Appends the upper case of the batch that begins at `at`, which is not 0. Returns how many bytes of `text` it
    /// had.
    pub fn append(&mut self, text: &str, at: usize, upper: &mut Vec<u8>, tables: &Tables) -> usize {
        let end = STEP * self.map(text.as_bytes().get(at - 1..).unwrap_or_default(), tables);
        let mut from = 0;
        for step in places(self.exceptional) {
            for place in places(self.exceptions.get(step).copied().unwrap_or_default()) {
                let place = step * STEP + place;
                let Some((length, mapping)) = tables.mapping(text, at + place) else {
                    continue;
                };
                let bytes = self.mapped.as_flattened_mut().as_flattened_mut();
                let rest = bytes.get_mut(place..end);
                if let (2, Some(pair)) = (length, mapping.pair())
                    && let Some(mapped) = rest.and_then(<[u8]>::first_chunk_mut)
                {
                    *mapped = pair;
                } else {
                    self.append_mapped(from..place, upper);
                    mapping.append_to(upper);
                    from = place + length;
                }
            }
        }
        self.append_mapped(from..end, upper);
        if from > end {
            self.begun = Block::default();
        }
        from.max(end)
    }

    /// Maps a batch, which begins at the second of `bytes`, and notes its exceptions. Returns how many steps it had.
    fn map(&mut self, bytes: &[u8], tables: &Tables) -> usize {
        let window = |step| -> Option<&Window> { bytes.get(step * STEP..)?.first_chunk() };
        let [mut with_pairs, mut with_long] = [0; 2];
        let mut steps = 0;
        for mapped in self.mapped.iter_mut().take(STEPS) {
            let Some(window) = window(steps) else {
                break;
            };
            *mapped = tables.letters.map(window);
            with_pairs |= u64::from(tables.kinds.pairs(window)) << steps;
            with_long |= u64::from(tables.kinds.long(window)) << steps;
            steps += 1;
        }
        self.exceptions = [0; STEPS];
        self.exceptional = 0;
        for step in places(with_pairs) {
            if let (Some(window), Some(mapped)) = (window(step), self.mapped.get_mut(step)) {
                let exceptions = tables.pairs.map(window, mapped, &mut self.begun);
                self.add(step, exceptions);
            }
        }
        for step in places(with_long) {
            if let Some(window) = window(step) {
                self.add(step, tables.long.exceptions(window));
            }
        }
        steps
    }

    fn add(&mut self, step: usize, exceptions: u64) {
        if let Some(known) = self.exceptions.get_mut(step) {
            *known |= exceptions;
        }
        self.exceptional |= u64::from(exceptions != 0) << step;
    }

    /// Copies whole steps, and takes away what was too much: a length that the compiler does not know takes longer.
    fn append_mapped(&self, range: Range<usize>, upper: &mut Vec<u8>) {
        let end = upper.len() + range.len();
        for from in range.step_by(STEP) {
            let step: Option<&[u8; STEP]> = self
                .mapped
                .as_flattened()
                .as_flattened()
                .get(from..)
                .and_then(<[u8]>::first_chunk);
            upper.extend_from_slice(step.expect("a step"));
        }
        upper.truncate(end);
    }
}

/// The places of the bits that are set.
fn places(bits: u64) -> impl Iterator<Item = usize> {
    let mut left = bits;
    from_fn(move || {
        let place = left.trailing_zeros();
        left &= left.wrapping_sub(1);
        (place < u64::BITS).then_some(place as usize)
    })
}
