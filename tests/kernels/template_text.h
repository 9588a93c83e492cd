// What: the text of the templates as host C++. It stands in a namespace of its own, since a
// kernel's enums have the names of the spec's.
#pragma once

namespace template_text {
#include "quantize.cuh"
}  // namespace template_text

namespace fp4jit {
namespace on_device = ::template_text::fp4jit;
}  // namespace fp4jit
