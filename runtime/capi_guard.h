// What: how every function of the C API ends: a Status becomes a number and the thread's last
// error, and no exception leaves the library.
// Threads: the last error is each thread's own.
#pragma once

#include "base/exception_status.h"
#include "fp4jit/fp4jit.h"

namespace fp4jit {

// Keeps the message for fp4jit_last_error, or a constant where there is no memory for it.
fp4jit_status report_error(const Status& status) noexcept;

const char* last_error_message();

template <class Body>
fp4jit_status guard(Body body) noexcept {
  Status status = without_exceptions([&]() -> Status { return body(); });
  return status.ok() ? FP4JIT_OK : report_error(status);
}

}  // namespace fp4jit
