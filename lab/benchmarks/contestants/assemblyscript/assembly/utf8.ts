// UTF-8, checked 16 bytes at a time, as in John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction
// per byte", 2021: three tables tell which mistakes a byte and the one before it may be part of; what all three have in
// common is one.

// The mistakes, a bit each: 01 too short, 02 too long, 04 overlong of three bytes, 08 too large, 10 a surrogate, 20
// overlong of two bytes, 40 overlong of four or far too large, 80 two continuations, which need a longer lead.

/** Whether the bytes from `at` to `end` are UTF-8. Behind them must be 16 zeros. */
export function isUtf8(at: usize, end: usize): bool {
  const firstHigh = i8x16(2, 2, 2, 2, 2, 2, 2, 2, -0x80, -0x80, -0x80, -0x80, 0x21, 0x01, 0x15, 0x49);
  const firstLow = i8x16(
    -0x19, -0x5d, -0x7d, -0x7d, -0x75, -0x35, -0x35, -0x35, -0x35, -0x35, -0x35, -0x35, -0x35, -0x25, -0x35, -0x35,
  );
  const secondHigh = i8x16(1, 1, 1, 1, 1, 1, 1, 1, -0x1a, -0x52, -0x46, -0x46, 1, 1, 1, 1);
  // A lead in the last three bytes that wants more than follows.
  const complete = i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -0x11, -0x21, -0x41);

  let mistakes = i8x16.splat(0);
  let before = i8x16.splat(0);
  for (; at <= end; at += 16) {
    const now = v128.load(at);
    if (i8x16.bitmask(now) == 0) {
      mistakes = v128.or(mistakes, i8x16.sub_sat_u(before, complete));
    } else {
      const first = v128.shuffle<i8>(before, now, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const second = v128.shuffle<i8>(before, now, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
      const third = v128.shuffle<i8>(before, now, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
      const special = v128.and(
        v128.and(
          i8x16.swizzle(firstHigh, i8x16.shr_u(first, 4)),
          i8x16.swizzle(firstLow, v128.and(first, i8x16.splat(0x0f))),
        ),
        i8x16.swizzle(secondHigh, i8x16.shr_u(now, 4)),
      );
      const continues = v128.or(
        i8x16.sub_sat_u(second, i8x16.splat(0x60)),
        i8x16.sub_sat_u(third, i8x16.splat(0x70)),
      );
      mistakes = v128.or(mistakes, v128.xor(v128.and(continues, i8x16.splat(-0x80)), special));
    }
    before = now;
  }
  return !v128.any_true(mistakes);
}
