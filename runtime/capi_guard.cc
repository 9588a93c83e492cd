#include "capi_guard.h"

#include <pthread.h>

#include <exception>
#include <mutex>
#include <new>
#include <string>

namespace fp4jit {
namespace {

// The thread's last message, and what fp4jit_last_error gives: its text, or a constant when there
// is no memory for one. Pointers and no objects with destructors: a thread may still call, and
// fail, in the destructors of its other things.
thread_local std::string* last_error = nullptr;
thread_local const char* last_error_text = "";

pthread_key_t last_error_key;
std::once_flag key_tried;
bool key_made = false;  // a process may have used up its keys: then a thread's last text is lost

void end_thread(void* text) {
  last_error = nullptr;
  last_error_text = "";
  delete static_cast<std::string*>(text);
}

std::string& last_error_of_thread() {
  if (last_error != nullptr) return *last_error;
  std::call_once(key_tried,
                 [] { key_made = pthread_key_create(&last_error_key, end_thread) == 0; });
  last_error = new std::string;
  if (key_made) pthread_setspecific(last_error_key, last_error);
  return *last_error;
}

fp4jit_status report_constant(fp4jit_status status, const char* text) {
  last_error_text = text;
  return status;
}

}  // namespace

fp4jit_status report_error(const Status& status) {
  std::string& text = last_error_of_thread();
  text = status.message();
  last_error_text = text.c_str();
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
