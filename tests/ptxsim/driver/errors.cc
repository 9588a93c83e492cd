#include "tests/ptxsim/driver/errors.h"

#include <algorithm>

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {
namespace {

constexpr ErrorText kErrors[] = {
#include "errors.inc"
};

}  // namespace

const ErrorText* find_error(CUresult code) {
  auto found = std::ranges::find(kErrors, code, &ErrorText::code);
  return found == std::end(kErrors) ? nullptr : found;
}

const ErrorText* find_error(std::string_view name) {
  auto found =
      std::ranges::find_if(kErrors, [&](const ErrorText& row) { return row.name == name; });
  return found == std::end(kErrors) ? nullptr : found;
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuGetErrorName(CUresult code, const char** name) {
  return plain_call("cuGetErrorName", [&]() -> Answer {
    if (name == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const ErrorText* error = find_error(code);
    *name = error != nullptr ? error->name : nullptr;
    return error != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

CUresult CUDAAPI cuGetErrorString(CUresult code, const char** text) {
  return plain_call("cuGetErrorString", [&]() -> Answer {
    if (text == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const ErrorText* error = find_error(code);
    *text = error != nullptr ? error->text : nullptr;
    return error != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}
