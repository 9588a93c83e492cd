#include "base/exception_status.h"

#include <exception>
#include <new>

namespace fp4jit {

Status exception_status() noexcept {
  try {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return Status::out_of_memory();
    } catch (const std::exception& exception) {
      return {StatusCode::kInternal, exception.what()};
    } catch (...) {
      return {StatusCode::kInternal, "an exception of unknown kind"};
    }
  } catch (...) {
    return Status::out_of_memory();  // for the text
  }
}

}  // namespace fp4jit
