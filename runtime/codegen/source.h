// What: the generated translation unit of one specialisation, and the template files that it includes.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/spec.h"

namespace fp4jit {

// A file of templates/, embedded into the library. `name` is as it is included: "device/types.cuh".
struct TemplateFile {
  std::string_view name;
  std::string_view text;
};

struct Source {
  std::string file_name;        // what the compiler's messages call it
  std::string text;             // the translation unit
  std::string name_expression;  // of the kernel, for its lowered name
  std::vector<TemplateFile> files;  // every template file that the text reaches
};

// Changes when the rendered text does for a reason that no template shows. Part of every key.
inline constexpr int kCodegenVersion = 1;

// `spec` has a template (require_template).
Source render_source(const Spec& spec);

}  // namespace fp4jit
