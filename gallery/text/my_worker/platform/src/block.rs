//! Sixteen bytes that are handled at once. In the module each operation is one WebAssembly SIMD instruction; in `cargo
//! test` it is a plain loop over an array, in block/loops.rs. check.rs runs in the module and compares the two.
//!
//! The places of the bytes are called lanes; lane 0 has the first byte:
//!
//! ```text
//! lane          0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
//! block        75 6e 20 63 61 66 c3 a9 20 6e 6f 69 72 2c 20 d1   "un café noir, я" to the first byte of "я"
//! equals(20)   00 00 ff 00 00 00 00 00 ff 00 00 00 00 00 ff 00
//! high_bits     0  0  0  0  0  0  1  1  0  0  0  0  0  0  0  1   bit 0 is that of lane 0
//! moved_up(b)  xx 75 6e 20 63 61 66 c3 a9 20 6e 6f 69 72 2c 20   xx is lane 15 of b
//! ```

#[cfg(any(feature = "faults", not(target_feature = "simd128")))]
pub mod loops;
#[cfg(test)]
mod tests;

#[cfg(not(target_feature = "simd128"))]
use loops as lanes;
#[cfg(target_feature = "simd128")]
use simd as lanes;
use std::hint::black_box;

#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
compile_error!(
    "expected the flags of .cargo/config.toml, which turn SIMD on: RUSTFLAGS or CARGO_ENCODED_RUSTFLAGS, if set, take their place"
);

/// How many bytes a [`Block`] has.
pub const SIZE: usize = 16;

/// How many bytes a loop over a long text handles in one turn: four blocks.
pub const STEP: usize = 4 * SIZE;

/// The bytes of such a turn.
pub type Step = [[u8; SIZE]; 4];

#[derive(Clone, Copy)]
pub struct Block(lanes::Lanes);

impl Default for Block {
    fn default() -> Self {
        Self::load(&[0; SIZE])
    }
}

impl Block {
    pub fn load(bytes: &[u8; SIZE]) -> Self {
        Self(lanes::load(bytes))
    }

    /// The sixteen bytes that begin at `first`; there have to be so many.
    pub fn at<const N: usize>(bytes: &[u8; N], first: usize) -> Self {
        let block = bytes.get(first..).and_then(<[u8]>::first_chunk);
        Self::load(block.expect("sixteen bytes"))
    }

    pub fn store(self) -> [u8; SIZE] {
        lanes::store(self.0)
    }

    /// `byte` in all lanes. To be called before a loop: V8 makes a constant block anew each time it is used, in three
    /// instructions, so `black_box` hides from the compiler that this is one. It guarantees nothing: where it has no
    /// effect, the loop is slower and its result is the same.
    pub fn splat(byte: u8) -> Self {
        Self(lanes::splat(black_box(byte)))
    }

    /// 0xff where the two bytes are equal, else 0.
    pub fn equals(self, other: Self) -> Self {
        Self(lanes::equals(self.0, other.0))
    }

    /// 0xff where the byte is at most `limit`, else 0.
    pub fn up_to(self, limit: Self) -> Self {
        Self(lanes::up_to(self.0, limit.0))
    }

    /// Some byte other than 0 where the byte is less than `limit`, else 0.
    pub fn below(self, limit: Self) -> Self {
        Self(lanes::saturating_sub(limit.0, self.0))
    }

    pub fn or(self, other: Self) -> Self {
        Self(lanes::or(self.0, other.0))
    }

    pub fn and(self, other: Self) -> Self {
        Self(lanes::and(self.0, other.0))
    }

    /// The upper four bits of each byte, as a number from 0 to 15, and the lower four. `low` has 0x0f in all lanes.
    pub fn halves(self, low: Self) -> [Self; 2] {
        [Self(lanes::shift_right(self.0, 4)).and(low), self.and(low)]
    }

    /// The bits of each byte that are not set in `other`.
    pub fn without(self, other: Self) -> Self {
        Self(lanes::and_not(self.0, other.0))
    }

    /// 0xff where the byte is greater than `limit`, both taken as signed numbers, else 0.
    pub fn above(self, limit: Self) -> Self {
        Self(lanes::above(self.0, limit.0))
    }

    /// The greater byte of each lane, as numbers without a sign.
    pub fn max(self, other: Self) -> Self {
        Self(lanes::max(self.0, other.0))
    }

    /// Byte by byte, modulo 256.
    pub fn plus(self, other: Self) -> Self {
        Self(lanes::add(self.0, other.0))
    }

    /// Byte by byte, modulo 256.
    pub fn minus(self, other: Self) -> Self {
        Self(lanes::sub(self.0, other.0))
    }

    /// `table[byte]` where the byte is less than 16, else 0.
    pub fn look_up(self, table: &[u8; SIZE]) -> Self {
        Self(lanes::swizzle(lanes::load(table), self.0))
    }

    /// Every byte one lane further on. Lane 0 gets the last byte of `before`.
    pub fn moved_up(self, before: Self) -> Self {
        Self(lanes::move_up(before.0, self.0))
    }

    /// Whether any byte is other than 0.
    pub fn any(self) -> bool {
        lanes::any(self.0)
    }

    /// The highest bit of each byte; that of lane 0 is the lowest one.
    pub fn high_bits(self) -> u16 {
        lanes::high_bits(self.0)
    }
}

#[cfg(target_feature = "simd128")]
mod simd {
    use super::SIZE;
    use std::arch::wasm32::u8x16_shuffle;
    pub use std::arch::wasm32::{
        i8x16_gt as above, u8x16_add as add, u8x16_bitmask as high_bits, u8x16_eq as equals,
        u8x16_le as up_to, u8x16_max as max, u8x16_splat as splat, u8x16_sub as sub,
        u8x16_sub_sat as saturating_sub, u8x16_swizzle as swizzle, u16x8_shr as shift_right,
        v128 as Lanes, v128_and as and, v128_andnot as and_not, v128_any_true as any,
        v128_or as or,
    };

    pub fn move_up(before: Lanes, a: Lanes) -> Lanes {
        u8x16_shuffle::<15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30>(before, a)
    }

    pub fn load(bytes: &[u8; SIZE]) -> Lanes {
        // SAFETY: both types are sixteen bytes, `transmute` compiles for no others, and of both every value is valid.
        unsafe { std::mem::transmute(*bytes) }
    }

    pub fn store(lanes: Lanes) -> [u8; SIZE] {
        // SAFETY: as in `load`.
        unsafe { std::mem::transmute(lanes) }
    }
}
