#include "base/status.h"

namespace fp4jit {
namespace {

struct StatusRow {
  StatusCode code;
  const char* name;
};

constexpr StatusRow kStatusTable[] = {
    {StatusCode::kOk, "FP4JIT_OK"},
    {StatusCode::kInvalidArgument, "FP4JIT_E_INVALID_ARGUMENT"},
    {StatusCode::kAbiMismatch, "FP4JIT_E_ABI_MISMATCH"},
    {StatusCode::kInvalidSpec, "FP4JIT_E_INVALID_SPEC"},
    {StatusCode::kUnsupported, "FP4JIT_E_UNSUPPORTED"},
    {StatusCode::kNotPrepared, "FP4JIT_E_NOT_PREPARED"},
    {StatusCode::kSealed, "FP4JIT_E_SEALED"},
    {StatusCode::kNotPreparedInCapture, "FP4JIT_E_NOT_PREPARED_IN_CAPTURE"},
    {StatusCode::kNoDriver, "FP4JIT_E_NO_DRIVER"},
    {StatusCode::kDriver, "FP4JIT_E_DRIVER"},
    {StatusCode::kForked, "FP4JIT_E_FORKED"},
    {StatusCode::kNoNvrtc, "FP4JIT_E_NO_NVRTC"},
    {StatusCode::kCompile, "FP4JIT_E_COMPILE"},
    {StatusCode::kCancelled, "FP4JIT_E_CANCELLED"},
    {StatusCode::kIo, "FP4JIT_E_IO"},
    {StatusCode::kCorrupt, "FP4JIT_E_CORRUPT"},
    {StatusCode::kOutOfMemory, "FP4JIT_E_OUT_OF_MEMORY"},
    {StatusCode::kInternal, "FP4JIT_E_INTERNAL"},
};

}  // namespace

// Made before there is need of it: its text is short enough to need no memory of its own.
const Status::Error& Status::no_memory() {
  static const auto* error = new Error{StatusCode::kOutOfMemory, "out of memory"};
  return *error;
}

namespace {
[[maybe_unused]] const Status made_in_time = Status::out_of_memory();
}  // namespace

Status Status::out_of_memory() noexcept {
  Status status;
  status.error_ = &no_memory();
  return status;
}

const Status::Error* Status::copy_of(const Error* error) {
  return error == nullptr || error == &no_memory() ? error : new Error(*error);
}

void Status::discard(const Error* error) {
  if (error != &no_memory()) delete error;
}

const std::string& Status::no_message() {
  static const std::string none;
  return none;
}

const char* status_name(StatusCode code) {
  for (const StatusRow& row : kStatusTable) {
    if (row.code == code) return row.name;
  }
  return "FP4JIT_E_INTERNAL";
}

}  // namespace fp4jit
