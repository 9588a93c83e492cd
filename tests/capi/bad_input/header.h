// What: the functions and the structs that fp4jit.h declares, as text.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bad_input {

struct Declarations {
  std::map<std::string, std::vector<std::string>> parameters;  // of functions: "int32_t device"
  std::map<std::string, std::vector<std::string>> members;     // of structs: their names
};

Declarations read_header();

}  // namespace bad_input
