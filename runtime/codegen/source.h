// What: the generated translation unit of one specialisation, and the template files that it
// includes.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "spec/spec.h"
#include "templates/embedded.h"

namespace fp4jit {

struct Source {
  std::string file_name;        // what the compiler's messages call it
  std::string text;             // the translation unit
  std::string name_expression;  // of the kernel, for its lowered name
  // Every template file that the text reaches, each after what it includes.
  std::vector<TemplateFile> files;
};

// Changes when the rendered text does for a reason that no template shows. Part of every key.
inline constexpr int kCodegenVersion = 2;

// `spec` has a template (require_template).
Source render_source(const Spec& spec);

}  // namespace fp4jit
