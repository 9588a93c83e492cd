// What: memory that ends where the mapped pages do: whoever reads or writes beyond it dies.
// Errors: none; a test cannot go on without its memory.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstring>

namespace bad_input {

// The last bytes before a page that nobody may touch, aligned to 16.
class GuardedBytes {
 public:
  explicit GuardedBytes(size_t bytes) : bytes_(bytes) {
    void* pages = mmap(nullptr, 2 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pages_ = static_cast<char*>(pages);
    mprotect(pages_, kPage, PROT_READ | PROT_WRITE);
  }
  ~GuardedBytes() { munmap(pages_, 2 * kPage); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  char* data() const { return pages_ + kPage - (bytes_ + 15) / 16 * 16; }
  // The last byte stands at the end of the page; not aligned.
  char* flush() const { return pages_ + kPage - bytes_; }
  size_t size() const { return bytes_; }
  void fill(int byte) const {
    std::memset(data(), byte, static_cast<size_t>(pages_ + kPage - data()));
  }

 private:
  static constexpr size_t kPage = 65536;  // a multiple of every machine's
  const size_t bytes_;
  char* pages_;
};

// A struct, and the few bytes behind it that one of a newer header would have.
template <class T>
class Guarded {
 public:
  static constexpr size_t kTail = 16 - sizeof(T) % 16;

  // Zero but for its size.
  void reset() const {
    bytes_.fill(0);
    (*this)->struct_size = sizeof(T);
  }

  T* get() const { return reinterpret_cast<T*>(bytes_.data()); }
  T* operator->() const { return get(); }
  char* tail() const { return bytes_.data() + sizeof(T); }

 private:
  const GuardedBytes bytes_{sizeof(T) + kTail};
};

}  // namespace bad_input
