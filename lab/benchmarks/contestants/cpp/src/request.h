// Reads the request with RapidJSON: in place, in one pass, without a tree.
#pragma once

#include <rapidjson/reader.h>

#include <cstdint>
#include <string_view>

#include "utf8.h"

// The numbers of REFUSALS in ../../shared/wasm.js.
enum Refusal {
  invalid_utf8 = 1,
  invalid_json,
  invalid_text,
  invalid_length,
  invalid_uppercase,
  found_again,
  missing_text,
  missing_length,
};

struct Request {
  std::string_view text;
  uint64_t max_length = 0;
  bool uppercase = false;
};

// Takes the fields of the outermost object; what is in others passes by. A false ends the reading.
class Fields : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Fields> {
 public:
  explicit Fields(Request& request) : request_(request) {}

  int refusal() const { return refusal_; }
  bool has_length() const { return has_length_; }

  bool StartObject() {
    depth_ += 1;
    return depth_ == 1 || no_field_starts();
  }
  bool EndObject(rapidjson::SizeType) {
    depth_ -= 1;
    return true;
  }
  bool StartArray() {
    depth_ += 1;
    return depth_ == 1 ? refuse(invalid_json) : no_field_starts();
  }
  bool EndArray(rapidjson::SizeType) {
    depth_ -= 1;
    return true;
  }

  bool Key(const char* name, rapidjson::SizeType size, bool) {
    if (depth_ == 1) {
      const std::string_view key(name, size);
      if (has_surrogate(key)) {
        return refuse(invalid_json);
      }
      field_ = key == "text" ? text : key == "maxLength" ? length : key == "uppercase" ? uppercase : none;
    }
    return true;
  }

  bool String(const char* value, rapidjson::SizeType size, bool) {
    if (field_ != text) {
      return Default();
    }
    request_.text = {value, size};
    if (has_surrogate(request_.text)) {
      return refuse(invalid_text);
    }
    return is_first(has_text_);
  }

  // An integer from 1 to 2^64 - 1, without a fraction or an exponent.
  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    if (field_ != length) {
      return Default();
    }
    request_.max_length = 0;
    for (const char digit : std::string_view(digits, size)) {
      const unsigned value = digit - '0';
      if (value > 9 || request_.max_length > (UINT64_MAX - value) / 10) {
        return refuse(invalid_length);
      }
      request_.max_length = request_.max_length * 10 + value;
    }
    return request_.max_length == 0 ? refuse(invalid_length) : is_first(has_length_);
  }

  bool Bool(bool value) {
    if (field_ != uppercase) {
      return Default();
    }
    request_.uppercase = value;
    return is_first(has_uppercase_);
  }

  // Every other value.
  bool Default() { return depth_ == 0 ? refuse(invalid_json) : no_field_starts(); }

 private:
  enum Field { none, text, length, uppercase };

  bool no_field_starts() {
    return field_ == none || refuse(field_ == text ? invalid_text : field_ == length ? invalid_length : invalid_uppercase);
  }
  bool is_first(bool& has) {
    field_ = none;
    if (has) {
      return refuse(found_again);
    }
    has = true;
    return true;
  }
  bool refuse(int refusal) {
    refusal_ = refusal;
    return false;
  }

  Request& request_;
  Field field_ = none;
  int depth_ = 0;
  int refusal_ = invalid_json;
  bool has_text_ = false;
  bool has_length_ = false;
  bool has_uppercase_ = false;
};

// 0, or why the body, of so many bytes and a zero, is refused.
inline int read(char* body, size_t size, Request& request) {
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                             rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::InsituStringStream stream(body);
  rapidjson::Reader reader;
  Fields fields(request);
  if (!reader.Parse<flags>(stream, fields)) {
    return fields.refusal();
  }
  // RapidJSON also ends at a zero within the body.
  if (stream.Tell() != size) {
    return invalid_json;
  }
  if (request.text.empty()) {
    return missing_text;
  }
  return fields.has_length() ? 0 : missing_length;
}
