// What: every function of fp4jit.h, callable with a Call's arguments.
#pragma once

#include <string_view>
#include <vector>

#include "call.h"

namespace bad_input {

struct Function {
  const char* name;
  std::vector<const char*> parameters;  // as the header declares them
  // A call that succeeds leaves no reference and no runtime behind.
  fp4jit_status (*call)(const Arguments& at);
};

const std::vector<Function>& functions();

inline bool takes(const Function& function, std::string_view parameter) {
  for (const char* own : function.parameters) {
    if (own == parameter) return true;
  }
  return false;
}

}  // namespace bad_input
