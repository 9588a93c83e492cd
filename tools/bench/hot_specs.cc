#include "tools/bench/hot_specs.h"

#include <fmt/format.h>

namespace fp4jit::bench {

std::vector<std::string> hot_spec_texts() {
  std::vector<std::string> texts;
  for (const char* format : {"nvfp4", "mxfp4", "mxfp8"}) {
    for (const char* layout : {"linear", "128x4", "8x4"}) {
      for (const char* in : {"bf16", "f16"}) {
        for (int k : {0, 2048, 4096, 7168}) {
          texts.push_back(fmt::format("{}_quantize[k={},in={},layout={}{}]@sm_100a", format, k, in,
                                      layout, k == 4096 ? ",pdl=1" : ""));
        }
      }
    }
  }
  return texts;
}

}  // namespace fp4jit::bench
