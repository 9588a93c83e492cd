// What: a value, or the driver's error code with one readable line that says why there is none.
// Threads: values.
#pragma once

#include <cuda.h>

#include <optional>
#include <string>
#include <utility>

namespace ptxsim {

struct Error {
  CUresult code = CUDA_SUCCESS;
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return value_.has_value(); }
  const Error& error() const { return error_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }

 private:
  std::optional<T> value_;
  Error error_;
};

}  // namespace ptxsim
