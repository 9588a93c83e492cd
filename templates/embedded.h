// What: the template files as text inside the library, so that a compile reads nothing from the
// disk.
// Threads: constants.
#pragma once

#include <span>
#include <string_view>

namespace fp4jit {

// `name` is as the file is included: "device/types.cuh".
struct TemplateFile {
  std::string_view name;
  std::string_view text;
};

std::span<const TemplateFile> embedded_templates();

}  // namespace fp4jit
