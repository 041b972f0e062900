// The domain: a text in UTF-8, cut and upper-cased, written as the answer in JSON.
#pragma once

#include <wasm_simd128.h>

#include <algorithm>
#include <charconv>

#include "../build/case.h"
#include "buffer.h"
#include "request.h"

inline unsigned continuation(const char* at) { return static_cast<unsigned char>(*at) & 0x3f; }

// The upper case of a character, not an ASCII one, as ENTRIES has it; none for one that is its own.
inline const unsigned char* entry_of(const char* from, unsigned lead) {
  unsigned block = lead & 0x1f;
  const char* last = from + 1;
  if (lead >= 0xf0) {
    block = (lead & 7) << 12 | continuation(from + 1) << 6 | continuation(from + 2);
    last = from + 3;
  } else if (lead >= 0xe0) {
    block = (lead & 0xf) << 6 | continuation(from + 1);
    last = from + 2;
  }
  const unsigned number = block < sizeof BLOCKS ? BLOCKS[block] : 0;
  return number == 0 ? nullptr : ENTRIES + (number << 9) + (continuation(last) << 3);
}

// Writes a character of ASCII that JSON wants escaped.
inline void escape(char character, Buffer& out) {
  static constexpr std::string_view meant = "\b\t\n\f\r\"\\";
  static constexpr char digits[] = "0123456789abcdef";
  const size_t at = meant.find(character);
  if (at != meant.npos) {
    const char text[] = {'\\', "btnfr\"\\"[at]};
    out.append({text, sizeof text});
  } else {
    const char text[] = {'\\', 'u', '0', '0', digits[character >> 4], digits[character & 0xf]};
    out.append({text, sizeof text});
  }
}

// Writes the answer up to the end of the text: what is kept of it are its first characters. Returns how many the result
// has.
inline uint64_t process(const Request& request, Buffer& out) {
  out.reserve(request.text.size() + 256);
  out.append("{\"processedText\":\"");
  const v128_t step = wasm_u8x16_splat(request.uppercase ? 0x20 : 0);
  const char* from = request.text.data();
  const char* const end = from + request.text.size();
  char* to = out.room(16);
  uint64_t kept = 0;
  uint64_t more = 0;
  while (from < end && kept < request.max_length) {
    if (to > out.limit() - 16) {
      out.end_at(to);
      to = out.room(16);
    }
    const unsigned lead = static_cast<unsigned char>(*from);
    if (lead >= 0x80) {
      const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      const unsigned char* entry = request.uppercase ? entry_of(from, lead) : nullptr;
      if (entry == nullptr) {
        std::memcpy(to, from, 4);
        to += length;
      } else {
        std::memcpy(to, entry, 8);
        to += entry[6];
        more += entry[7] - 1;
      }
      from += length;
      kept += 1;
      continue;
    }
    const v128_t ascii = wasm_v128_load(from);
    const v128_t is_lower =
        wasm_u8x16_lt(wasm_i8x16_sub(ascii, wasm_u8x16_const_splat('a')), wasm_u8x16_const_splat(26));
    wasm_v128_store(to, wasm_i8x16_sub(ascii, wasm_v128_and(is_lower, step)));
    const unsigned special = wasm_i8x16_bitmask(
        // Also the bytes from 80 on, which are negative.
        wasm_v128_or(wasm_i8x16_lt(ascii, wasm_i8x16_const_splat(0x20)),
                     wasm_v128_or(wasm_i8x16_eq(ascii, wasm_i8x16_const_splat('"')),
                                  wasm_i8x16_eq(ascii, wasm_i8x16_const_splat('\\')))));
    if (special == 0 && end - from >= 16 && request.max_length - kept >= 16) {
      from += 16;
      to += 16;
      kept += 16;
      continue;
    }
    // Up to the first byte that is written otherwise; what was stored behind it is written over.
    const uint64_t run = __builtin_ctz(special | 0x10000);
    const uint64_t plain = std::min({run, static_cast<uint64_t>(end - from), request.max_length - kept});
    from += plain;
    to += plain;
    kept += plain;
    if (plain == 0) {
      out.end_at(to);
      escape(lead, out);
      to = out.room(16);
      from += 1;
      kept += 1;
    }
  }
  out.end_at(to);
  return kept + more;
}

inline void append(uint64_t number, Buffer& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append({digits, static_cast<size_t>(end - digits)});
}

// Writes the answer's other fields.
inline void finish(uint64_t count, double milliseconds, Buffer& out) {
  const auto microseconds = static_cast<uint64_t>(milliseconds * 1000);
  out.append("\",\"characterCount\":");
  append(count, out);
  out.append(",\"processingTimeMs\":");
  append(microseconds / 1000, out);
  const auto digit = [microseconds](unsigned unit) { return static_cast<char>('0' + microseconds / unit % 10); };
  const char fraction[] = {'.', digit(100), digit(10), digit(1), '}'};
  out.append({fraction, sizeof fraction});
}
