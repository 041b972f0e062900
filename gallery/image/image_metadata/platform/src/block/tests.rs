//! The loops of block/loops.rs against what the WebAssembly specification says of each instruction: byte by byte in
//! wider numbers, or all sixteen bytes as one number of 128 bits, whose lowest byte is lane 0.

use super::loops::{self, Lanes};
use super::{Block, SIZE};
use std::array::from_fn;

/// Bytes at which an instruction could go wrong: at the ends, at the sign, at the last place of a table.
const EDGES: [u8; 10] = [0, 1, 0x0f, 0x10, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/// Numbers that look random and are the same each time (Marsaglia, Xorshift RNGs, 2003).
struct Random(u64);

impl Random {
    fn lanes(&mut self) -> Lanes {
        from_fn(|_| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 32) as u8
        })
    }
}

/// Each two edges in all lanes and in one, then random lanes; of all of them, Miri gets one in so many.
fn operands() -> impl Iterator<Item = (Lanes, Lanes)> {
    let pairs = EDGES.into_iter().flat_map(|a| EDGES.map(|b| (a, b)));
    let edges = pairs.flat_map(|(a, b)| {
        let one = |byte, place| from_fn(|lane| if lane == place { byte } else { 0 });
        let alone = (0..SIZE).map(move |place| (one(a, place), one(b, place)));
        alone.chain([([a; SIZE], [b; SIZE])])
    });
    let mut random = Random(20_210_501);
    let random = (0..2000).map(move |_| (random.lanes(), random.lanes()));
    edges
        .chain(random)
        .step_by(if cfg!(miri) { 101 } else { 1 })
}

fn number(lanes: Lanes) -> u128 {
    u128::from_le_bytes(lanes)
}

/// All bits of a byte where it is so, else none.
fn mask(is_so: bool) -> i32 {
    if is_so { 255 } else { 0 }
}

/// A byte as a number with a sign, in two's complement.
fn signed(byte: i32) -> i32 {
    if byte < 128 { byte } else { byte - 256 }
}

#[test]
fn two_bytes_of_a_lane_make_its_new_byte() {
    type Loop = fn(Lanes, Lanes) -> Lanes;
    type Scalar = fn(i32, i32) -> i32;
    let rows: [(&str, Loop, Scalar); 7] = [
        ("equals", loops::equals, |a, b| mask(a == b)),
        ("up_to", loops::up_to, |a, b| mask(a <= b)),
        ("above", loops::above, |a, b| mask(signed(a) > signed(b))),
        ("max", loops::max, |a, b| if a < b { b } else { a }),
        ("add", loops::add, |a, b| (a + b) % 256),
        ("sub", loops::sub, |a, b| (256 + a - b) % 256),
        ("saturating_sub", loops::saturating_sub, |a, b| {
            if a < b { 0 } else { a - b }
        }),
    ];
    for (name, loop_of, scalar) in rows {
        for (a, b) in operands() {
            let expected = a.iter().zip(&b);
            let expected = expected.map(|(a, b)| scalar((*a).into(), (*b).into()));
            let found = loop_of(a, b).map(i32::from);
            assert!(expected.eq(found), "{name} of {a:x?} and {b:x?}");
        }
    }
}

#[test]
fn bits_and_lanes_are_those_of_one_long_number() {
    for (a, b) in operands() {
        let [long_a, long_b] = [a, b].map(number);
        let both = format!("{a:x?} and {b:x?}");
        assert_eq!(number(loops::or(a, b)), long_a | long_b, "{both}");
        assert_eq!(number(loops::and(a, b)), long_a & long_b, "{both}");
        assert_eq!(number(loops::and_not(a, b)), long_a & !long_b, "{both}");
        let moved = long_b << 8 | long_a >> 120;
        assert_eq!(number(loops::move_up(a, b)), moved, "{both}");
        assert_eq!(loops::any(a), long_a != 0, "{a:x?}");
        let high_bits = loops::high_bits(a);
        for (lane, index) in b.into_iter().enumerate() {
            let highest = long_a >> (8 * lane + 7) & 1;
            assert_eq!(u128::from(high_bits >> lane & 1), highest, "{a:x?}");
            let looked_up = if index < 16 { long_a >> (8 * index) } else { 0 };
            assert_eq!(loops::swizzle(a, b)[lane], looked_up as u8, "{both}");
        }
    }
}

#[test]
fn each_two_bytes_are_shifted_as_one_number() {
    for (a, _) in operands() {
        for bits in 0..8 {
            let shifted = loops::shift_right(a, bits);
            for lane in (0..SIZE).step_by(2) {
                let before = u32::from(a[lane]) + 256 * u32::from(a[lane + 1]);
                let after = u32::from(shifted[lane]) + 256 * u32::from(shifted[lane + 1]);
                assert_eq!(after, before / 2_u32.pow(bits), "{a:x?} by {bits}");
            }
        }
    }
}

#[test]
fn lanes_are_the_bytes_in_their_order() {
    for (a, _) in operands() {
        assert_eq!(loops::store(loops::load(&a)), a);
    }
    for byte in 0..=u8::MAX {
        assert_eq!(loops::store(loops::splat(byte)), [byte; SIZE]);
    }
}

#[test]
fn a_block_takes_its_operands_in_the_order_of_its_words() {
    for (a, b) in operands() {
        let [block_a, block_b] = [&a, &b].map(Block::load);
        let low = Block::splat(0x0f);
        assert_eq!(block_a.halves(low)[0].store(), a.map(|byte| byte / 16));
        assert_eq!(block_a.halves(low)[1].store(), a.map(|byte| byte % 16));
        let is_below = block_a.below(block_b).store().map(|byte| byte != 0);
        assert_eq!(is_below, from_fn(|lane| a[lane] < b[lane]));
        let is_above = block_a.above(block_b).store().map(|byte| byte != 0);
        let [signed_a, signed_b] = [a, b].map(|lanes| lanes.map(u8::cast_signed));
        assert_eq!(is_above, from_fn(|lane| signed_a[lane] > signed_b[lane]));
        let is_up_to = block_a.up_to(block_b).store().map(|byte| byte != 0);
        assert_eq!(is_up_to, from_fn(|lane| a[lane] <= b[lane]));
        let less = block_a.minus(block_b).store();
        assert_eq!(less, from_fn(|lane| a[lane].wrapping_sub(b[lane])));
        let without = block_a.without(block_b).store();
        assert_eq!(without, from_fn(|lane| a[lane] & !b[lane]));
        let moved = block_a.moved_up(block_b).store();
        assert_eq!((moved[0], &moved[1..]), (b[SIZE - 1], &a[..SIZE - 1]));
        let looked_up = block_a.look_up(&b).store();
        let entry = |lane: usize| b.get(usize::from(a[lane])).copied().unwrap_or(0);
        assert_eq!(looked_up, from_fn(entry));
        let both = [a, b].concat();
        let both = both.first_chunk::<{ 2 * SIZE }>().expect("two blocks");
        assert_eq!(Block::at(both, 5).store(), both[5..5 + SIZE]);
    }
}
