#include "capi_guard.h"

#include <exception>
#include <string>

#include "base/thread_key.h"

namespace fp4jit {
namespace {

// The thread's last message, and what fp4jit_last_error gives: its text, or a constant when there
// is no memory for one. Pointers and no objects with destructors: a thread may still call, and
// fail, in the destructors of its other things.
thread_local std::string* last_error = nullptr;
thread_local const char* last_error_text = "";

void end_thread(void* text) {
  last_error = nullptr;
  last_error_text = "";
  delete static_cast<std::string*>(text);
}

constinit ThreadKey text_of_thread(end_thread);

std::string& last_error_of_thread() {
  if (last_error == nullptr) {
    last_error = new std::string;
    text_of_thread.set(last_error);  // where it cannot be set, the text outlives the thread
  }
  return *last_error;
}

}  // namespace

fp4jit_status report_error(const Status& status) noexcept {
  try {
    std::string& text = last_error_of_thread();
    text = status.message();
    last_error_text = text.c_str();
  } catch (const std::exception&) {
    last_error_text = "out of memory for the text of the error";
  }
  return static_cast<fp4jit_status>(status.code());
}

const char* last_error_message() {
  return last_error_text;
}

}  // namespace fp4jit
