//! The instructions of a [`Block`](super::Block) as plain loops.

use super::SIZE;
use std::array::from_fn;

pub type Lanes = [u8; SIZE];

pub fn load(bytes: &Lanes) -> Lanes {
    *bytes
}

pub fn store(lanes: Lanes) -> Lanes {
    lanes
}

pub fn splat(byte: u8) -> Lanes {
    [byte; SIZE]
}

pub fn equals(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| if a[lane] == b[lane] { 0xff } else { 0 })
}

pub fn up_to(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| if a[lane] <= b[lane] { 0xff } else { 0 })
}

pub fn or(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane] | b[lane])
}

pub fn and(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane] & b[lane])
}

pub fn and_not(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane] & !b[lane])
}

pub fn above(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| {
        if a[lane].cast_signed() > b[lane].cast_signed() {
            0xff
        } else {
            0
        }
    })
}

pub fn max(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane].max(b[lane]))
}

pub fn move_up(before: Lanes, a: Lanes) -> Lanes {
    from_fn(|lane| {
        if lane == 0 {
            before[SIZE - 1]
        } else {
            a[lane - 1]
        }
    })
}

pub fn shift_right(a: Lanes, bits: u32) -> Lanes {
    // The instruction shifts two bytes as one number, of which the second byte is the higher half.
    from_fn(|lane| match lane % 2 {
        0 => (u16::from_le_bytes([a[lane], a[lane + 1]]) >> bits) as u8,
        _ => a[lane] >> bits,
    })
}

pub fn add(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane].wrapping_add(b[lane]))
}

pub fn sub(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane].wrapping_sub(b[lane]))
}

pub fn saturating_sub(a: Lanes, b: Lanes) -> Lanes {
    from_fn(|lane| a[lane].saturating_sub(b[lane]))
}

pub fn swizzle(table: Lanes, index: Lanes) -> Lanes {
    from_fn(|lane| table.get(usize::from(index[lane])).copied().unwrap_or(0))
}

pub fn any(a: Lanes) -> bool {
    a.iter().any(|byte| *byte != 0)
}

pub fn high_bits(a: Lanes) -> u16 {
    (0..SIZE).map(|lane| u16::from(a[lane] >> 7) << lane).sum()
}

/// Panics where an instruction of the module is not what the loop of its name does.
#[cfg(all(feature = "faults", target_feature = "simd128"))]
pub fn check() {
    use super::simd;
    use std::convert::identity;
    macro_rules! same {
        ($($operation:ident($($operand:ident),+) -> $result:path;)+) => {$(
            let by_simd = simd::$operation($(simd::load(&$operand)),+);
            assert_eq!($result(by_simd), $operation($($operand),+), stringify!($operation));
        )+};
    }
    for difference in [0, 3] {
        for (a, b) in (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| (a, b))) {
            // Every two bytes come into every lane: with the difference 0 all lanes are alike, with 3 no two are.
            let a: Lanes = from_fn(|lane| a.wrapping_add(lane as u8 * difference));
            let b: Lanes = from_fn(|lane| b.wrapping_sub(lane as u8 * difference));
            same! {
                store(a) -> identity;
                equals(a, b) -> simd::store;
                up_to(a, b) -> simd::store;
                or(a, b) -> simd::store;
                and(a, b) -> simd::store;
                and_not(a, b) -> simd::store;
                above(a, b) -> simd::store;
                max(a, b) -> simd::store;
                move_up(a, b) -> simd::store;
                add(a, b) -> simd::store;
                sub(a, b) -> simd::store;
                saturating_sub(a, b) -> simd::store;
                swizzle(a, b) -> simd::store;
                any(a) -> identity;
                high_bits(a) -> identity;
            }
            assert_eq!(simd::store(simd::splat(a[0])), splat(a[0]), "splat");
            let shifted = simd::store(simd::shift_right(simd::load(&a), 4));
            assert_eq!(shifted, shift_right(a, 4), "shift_right");
            assert_eq!(simd::store(simd::load(&a)), load(&a), "load");
        }
    }
}
