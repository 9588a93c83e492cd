// What: an exception as a Status, where one must go no further: at the C API, and on threads of
// ours, which have nobody above them to catch.
// Threads: any.
#pragma once

#include "base/status.h"

namespace fp4jit {

// Of the exception that is being handled: kOutOfMemory or kInternal with its text. Needs no memory.
Status exception_status() noexcept;

// What `body` gives, a Status or a Result, or the exception that it throws.
template <class Body>
auto without_exceptions(Body body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (...) {
    return exception_status();
  }
}

}  // namespace fp4jit
