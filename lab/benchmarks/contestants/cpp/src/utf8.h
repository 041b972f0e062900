// UTF-8, checked 16 bytes at a time, as in John Keiser and Daniel Lemire, "Validating UTF-8 in less than one
// instruction per byte", 2021: three tables tell which mistakes a byte and the one before it may be part of; what all
// three have in common is one.
#pragma once

#include <wasm_simd128.h>

#include <cstddef>
#include <string_view>

enum Mistake {
  too_short = 0x01,
  too_long = 0x02,
  overlong_3 = 0x04,
  too_large = 0x08,
  surrogate = 0x10,
  overlong_2 = 0x20,
  far_too_large = 0x40,
  overlong_4 = 0x40,
  two_continuations = 0x80,  // A mistake unless a longer lead is before them.
  any_low = too_short | too_long | two_continuations,
};

// Whether so many bytes are UTF-8, without the control characters 1a to 1f: RapidJSON compares with 0x19 where it uses
// SSE2, and would take them in a string. Behind the bytes must be 16 zeros.
inline bool is_plain_utf8(const char* bytes, size_t size) {
  constexpr int large = any_low | too_large | far_too_large;
  const v128_t first_high = wasm_u8x16_const(
      too_long, too_long, too_long, too_long, too_long, too_long, too_long, too_long, two_continuations,
      two_continuations, two_continuations, two_continuations, too_short | overlong_2, too_short,
      too_short | overlong_3 | surrogate, too_short | too_large | far_too_large | overlong_4);
  const v128_t first_low = wasm_u8x16_const(
      any_low | overlong_3 | overlong_2 | overlong_4, any_low | overlong_2, any_low, any_low, any_low | too_large,
      large, large, large, large, large, large, large, large, large | surrogate, large, large);
  constexpr int continuation = too_long | overlong_2 | two_continuations;
  const v128_t second_high = wasm_u8x16_const(
      too_short, too_short, too_short, too_short, too_short, too_short, too_short, too_short,
      continuation | overlong_3 | far_too_large | overlong_4, continuation | overlong_3 | too_large,
      continuation | surrogate | too_large, continuation | surrogate | too_large, too_short, too_short, too_short,
      too_short);
  // A lead in the last three bytes that wants more than follows.
  const v128_t complete = wasm_u8x16_const(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xef, 0xdf,
                                           0xbf);

  v128_t mistakes = wasm_u8x16_const_splat(0);
  v128_t before = mistakes;
  for (size_t at = 0; at <= size; at += 16) {
    const v128_t now = wasm_v128_load(bytes + at);
    mistakes = wasm_v128_or(
        mistakes, wasm_u8x16_lt(wasm_i8x16_sub(now, wasm_u8x16_const_splat(0x1a)), wasm_u8x16_const_splat(6)));
    if (wasm_i8x16_bitmask(now) == 0) {
      mistakes = wasm_v128_or(mistakes, wasm_u8x16_sub_sat(before, complete));
    } else {
      const v128_t first =
          wasm_i8x16_shuffle(before, now, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const v128_t second =
          wasm_i8x16_shuffle(before, now, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
      const v128_t third =
          wasm_i8x16_shuffle(before, now, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
      const v128_t special =
          wasm_v128_and(wasm_v128_and(wasm_i8x16_swizzle(first_high, wasm_u8x16_shr(first, 4)),
                                      wasm_i8x16_swizzle(first_low, wasm_v128_and(first, wasm_u8x16_const_splat(15)))),
                        wasm_i8x16_swizzle(second_high, wasm_u8x16_shr(now, 4)));
      const v128_t continues = wasm_v128_or(wasm_u8x16_sub_sat(second, wasm_u8x16_const_splat(0xe0 - 0x80)),
                                            wasm_u8x16_sub_sat(third, wasm_u8x16_const_splat(0xf0 - 0x80)));
      mistakes = wasm_v128_or(
          mistakes, wasm_v128_xor(wasm_v128_and(continues, wasm_u8x16_const_splat(0x80)), special));
    }
    before = now;
  }
  return !wasm_v128_any_true(mistakes);
}

// Whether a surrogate is in a text that else is UTF-8: RapidJSON writes an unpaired low one as if it were a character.
// Vectors are read that end behind the text.
inline bool has_surrogate(std::string_view text) {
  for (size_t at = 0; at < text.size(); at += 16) {
    const v128_t now = wasm_v128_load(text.data() + at);
    unsigned leads = wasm_i8x16_bitmask(wasm_i8x16_eq(now, wasm_u8x16_const_splat(0xed)));
    for (; leads != 0; leads &= leads - 1) {
      const size_t lead = at + __builtin_ctz(leads);
      if (lead < text.size() && static_cast<unsigned char>(text[lead + 1]) >= 0xa0) {
        return true;
      }
    }
  }
  return false;
}
