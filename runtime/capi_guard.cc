#include "capi_guard.h"

#include <exception>
#include <new>
#include <string>

namespace fp4jit {
namespace {

thread_local std::string last_error;
// What fp4jit_last_error gives: last_error's text, or a constant when there is no memory for one.
thread_local const char* last_error_text = "";

fp4jit_status report_constant(fp4jit_status status, const char* text) {
  last_error_text = text;
  return status;
}

}  // namespace

fp4jit_status report_error(const Status& status) {
  last_error = status.message();
  last_error_text = last_error.c_str();
  return static_cast<fp4jit_status>(status.code());
}

fp4jit_status report_exception() noexcept {
  try {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return report_constant(FP4JIT_E_OUT_OF_MEMORY, "out of memory");
    } catch (const std::exception& exception) {
      return report_error({StatusCode::kInternal, exception.what()});
    }
  } catch (...) {
    return report_constant(FP4JIT_E_INTERNAL, "an exception of unknown kind");
  }
}

const char* last_error_message() {
  return last_error_text;
}

}  // namespace fp4jit
