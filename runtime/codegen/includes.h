// What: the template files that a text includes, transitively.
// Threads: pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "templates/embedded.h"

namespace fp4jit {

// Each file once, after the files that it includes, in the order of the #include lines. A name that
// `available` lacks is left out: it is for host compilers (device/convert_host.cuh).
std::vector<TemplateFile> reached_files(std::string_view text,
                                        std::span<const TemplateFile> available);

}  // namespace fp4jit
