// What: small modules for the tests of the parser.
// Threads: pure.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/ptxsim/ptx/parser.h"

namespace ptxsim::ptx {

inline constexpr std::string_view kPreamble = ".version 9.0\n.target sm_100a\n.address_size 64\n";
// In front of a body: line 4, and the number of lines up to the body's first.
inline constexpr std::string_view kKernel =
    ".entry k(.param .u64 in) { .reg .pred %p<4>; .reg .b32 %r<8>; .reg .b64 %rd<4>;\n";
inline constexpr uint32_t kLineOfBody = 5;

inline std::string module_text(std::string_view statements) {
  return std::string(kPreamble) + std::string(statements);
}

inline std::string kernel_text(std::string_view body) {
  return module_text(std::string(kKernel) + std::string(body) + "\n}\n");
}

// Of text that must parse; an empty module where it does not.
inline Module parsed(const std::string& text) {
  Result<Module> result = parse(text);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return result.ok() ? *std::move(result) : Module();
}

// The kernel with this body; predicates %p0 … are its registers 0 …, %r0 … 4 …, %rd0 … 12 ….
inline Function kernel(std::string_view body) {
  Module module = parsed(kernel_text(body));
  return module.functions.empty() ? Function() : std::move(module.functions[0]);
}

inline constexpr uint32_t kR0 = 4, kRd0 = 12;

// The instruction of a body that has one alone.
inline Instruction instruction(std::string_view text) {
  Function function = kernel(text);
  EXPECT_EQ(function.instructions.size(), 1u);
  return function.instructions.size() == 1 ? function.instructions[0] : Instruction();
}

// The message of text that must not parse, "no error" where it does.
inline std::string error(const std::string& text, CUresult code = CUDA_ERROR_INVALID_PTX) {
  const Result<Module> result = parse(text);
  if (result.ok()) return "no error";
  EXPECT_EQ(result.error().code, code) << text;
  return result.error().message;
}
inline std::string module_error(const std::string& statements) {
  return error(module_text(statements));
}
inline std::string body_error(const std::string& body) {
  return error(kernel_text(body));
}

}  // namespace ptxsim::ptx
