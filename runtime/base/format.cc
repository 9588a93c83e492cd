#include "base/format.h"

namespace fp4jit {

std::string formatted_from(fmt::string_view text, fmt::format_args args) {
  return fmt::vformat(text, args);
}

void print_from(std::FILE* file, fmt::string_view text, fmt::format_args args) {
  fmt::vprint(file, text, args);
}

}  // namespace fp4jit
