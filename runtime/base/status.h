// What: the outcome of an operation (Status) and a value-or-outcome (Result<T>).
// Threads: values; share them as you share an int.
// Errors: none of these functions throws, except for std::bad_alloc from a message's text.
//
// The numbers are the C API's fp4jit_status and never change; new ones go into the gaps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fp4jit {

enum class StatusCode : int32_t {
  kOk = 0,
  kInvalidArgument = 100,       // a null pointer, a size, an alignment, an overlap, a flag
  kAbiMismatch = 101,           // struct_size is not one that this library knows
  kInvalidSpec = 110,           // a spec that no kernel can mean
  kUnsupported = 111,           // no template (yet), or a target that cannot run here
  kNotPrepared = 200,           // find: the kernel is not loaded on this device
  kSealed = 210,                // a miss after seal
  kNotPreparedInCapture = 211,  // a miss while the stream is being captured
  kNoDriver = 300,              // libcuda is absent: compile-only
  kDriver = 301,                // the driver refused; its name and text are in the message
  kForked = 302,                // a child of a process that had initialised the driver
  kNoNvrtc = 400,               // NVRTC is absent and the kernel is not in the cache
  kCompile = 401,               // NVRTC refused; its log is in the message
  kCancelled = 402,             // the caller asked to stop
  kIo = 500,                    // a file could not be read or written
  kCorrupt = 501,               // bytes that do not prove themselves
  kOutOfMemory = 600,
  kInternal = 900,  // a defect of this library
};

// "FP4JIT_E_UNSUPPORTED"; "FP4JIT_E_INTERNAL" for a number that is no code.
const char* status_name(StatusCode code);

// One pointer, null for OK: success costs a call no more than a register.
class [[nodiscard]] Status {
 public:
  Status() = default;
  // `code` is not kOk.
  Status(StatusCode code, std::string message) : error_(new Error{code, std::move(message)}) {}
  Status(const Status& other) : error_(copy_of(other.error_)) {}
  Status(Status&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
  Status& operator=(Status other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~Status() {
    if (error_ != nullptr) discard(error_);
  }

  // kOutOfMemory, without memory.
  static Status out_of_memory() noexcept;

  bool ok() const { return error_ == nullptr; }
  StatusCode code() const { return ok() ? StatusCode::kOk : error_->code; }
  const std::string& message() const { return ok() ? no_message() : error_->message; }

 private:
  struct Error {
    StatusCode code;
    std::string message;
  };
  static const Error& no_memory();  // shared, never destroyed
  static const std::string& no_message();
  static const Error* copy_of(const Error* error);
  static void discard(const Error* error);

  const Error* error_ = nullptr;
};

// A T, or the Status that says why there is none. value() requires ok().
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {}
  Result(StatusCode code, std::string message) : status_(code, std::move(message)) {}

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace fp4jit

// Early return is control flow, which a function cannot do for its caller: hence two macros.
#define FP4JIT_RETURN_IF_ERROR(expression)                                      \
  do {                                                                          \
    if (::fp4jit::Status fp4jit_status_ = (expression); !fp4jit_status_.ok()) { \
      return fp4jit_status_;                                                    \
    }                                                                           \
  } while (false)

#define FP4JIT_JOIN_INNER_(a, b) a##b
#define FP4JIT_JOIN_(a, b) FP4JIT_JOIN_INNER_(a, b)
#define FP4JIT_ASSIGN_(result, declaration, expression) \
  auto result = (expression);                           \
  if (!result.ok()) return result.status();             \
  declaration = *std::move(result)

// FP4JIT_ASSIGN_OR_RETURN(Spec spec, parse_spec(text));
#define FP4JIT_ASSIGN_OR_RETURN(declaration, expression) \
  FP4JIT_ASSIGN_(FP4JIT_JOIN_(fp4jit_result_, __LINE__), declaration, expression)
