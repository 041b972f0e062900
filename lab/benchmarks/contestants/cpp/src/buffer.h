// Bytes that keep their memory from request to request.
#pragma once

#include <cstdlib>
#include <cstring>
#include <string_view>

class Buffer {
 public:
  char* data() const { return data_; }
  size_t size() const { return end_ - data_; }

  // Room for so many bytes, and none in it.
  char* reserve(size_t bytes) {
    if (bytes > static_cast<size_t>(limit_ - data_)) {
      std::free(data_);
      move(static_cast<char*>(std::malloc(bytes)), 0, bytes);
    }
    end_ = data_;
    return data_;
  }

  // Where the next bytes go: so many may be stored there, up to `limit`, and count from `end_at` on.
  char* room(size_t bytes) {
    if (static_cast<size_t>(limit_ - end_) < bytes) {
      const size_t capacity = (limit_ - data_) * 5 / 4 + bytes;
      move(static_cast<char*>(std::realloc(data_, capacity)), size(), capacity);
    }
    return end_;
  }
  char* limit() const { return limit_; }
  void end_at(char* end) { end_ = end; }

  void append(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    end_ += text.size();
  }

 private:
  void move(char* data, size_t size, size_t capacity) {
    if (data == nullptr) {
      __builtin_trap();
    }
    data_ = data;
    end_ = data + size;
    limit_ = data + capacity;
  }

  char* data_ = nullptr;
  char* end_ = nullptr;
  char* limit_ = nullptr;
};
