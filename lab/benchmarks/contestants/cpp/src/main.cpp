// The exports that ../../shared/wasm.js calls: a place for the body, the answer to it, and where that is.

#include "buffer.h"
#include "request.h"
#include "text.h"
#include "utf8.h"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

extern "C" __attribute__((import_module("env"), import_name("now"))) double now();

namespace {

// Zeros behind the body: what is read in whole vectors, and the end for RapidJSON.
constexpr size_t slack = 64;

Buffer body;
Buffer out;

}  // namespace

EXPORT(reserve) char* reserve(size_t bytes) { return body.reserve(bytes + slack); }

EXPORT(answer) int answer(size_t bytes) {
  std::memset(body.data() + bytes, 0, slack);
  if (!is_plain_utf8(body.data(), bytes)) {
    return invalid_utf8;
  }
  Request request;
  if (int refusal = read(body.data(), bytes, request)) {
    return refusal;
  }
  const double started = now();
  const uint64_t count = process(request, out);
  finish(count, now() - started, out);
  return 0;
}

EXPORT(output) char* output() { return out.data(); }

EXPORT(outputSize) size_t output_size() { return out.size(); }
