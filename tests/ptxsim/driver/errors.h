// What: the names and texts of the driver's error codes, as cuda.h has them.
// Threads: constants.
#pragma once

#include <cuda.h>

#include <string_view>

namespace ptxsim {

struct ErrorText {
  CUresult code;
  const char* name;
  const char* text;
};

// Null for what is no code, or no name, of cuda.h.
const ErrorText* find_error(CUresult code);
const ErrorText* find_error(std::string_view name);

}  // namespace ptxsim
