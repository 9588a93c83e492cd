// What: text by fmt's format strings, checked while compiling. fmt's own code is compiled once, in
// format.cc: Debian has no static fmt, and what ships must run without a shared one, so its headers
// alone are used, whose functions would otherwise be compiled in every file that formats.
// Threads: pure, but for print_formatted, which writes as stdio does.
// Errors: std::bad_alloc; from print_formatted std::system_error where the file takes less.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace fp4jit {

std::string formatted_from(fmt::string_view text, fmt::format_args args);
void print_from(std::FILE* file, fmt::string_view text, fmt::format_args args);

// fmt::format. The name is its own: argument-dependent look-up would find those of fmt and std too.
template <typename... Args>
std::string formatted(fmt::format_string<Args...> text, Args&&... args) {
  return formatted_from(text, fmt::make_format_args(args...));
}

// fmt::print.
template <typename... Args>
void print_formatted(std::FILE* file, fmt::format_string<Args...> text, Args&&... args) {
  print_from(file, text, fmt::make_format_args(args...));
}

}  // namespace fp4jit
