#include "tests/ptxsim/machine/trace.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/ptxsim/machine/block.h"

namespace ptxsim {

std::optional<TracedThread> traced_thread() {
  static const std::optional<TracedThread> traced = []() -> std::optional<TracedThread> {
    const char* text = std::getenv("PTXSIM_TRACE");
    unsigned long long block = 0;
    unsigned thread = 0;
    if (text == nullptr || std::sscanf(text, "%llu:%u", &block, &thread) != 2) return std::nullopt;
    return TracedThread{block, thread};
  }();
  return traced;
}

void trace(const Warp& warp, const Instruction& instruction, int lane) {
  if ((warp.executing() >> lane & 1) == 0) return;
  const Program& program = *warp.block().launch().program;
  std::string line = "ptxsim: line " + std::to_string(instruction.line) + ": " +
                     program.texts[instruction.source] + "  ->";
  char value[32];
  for (uint32_t i = 0; i < instruction.written; ++i) {
    const uint64_t bits = (instruction.written_predicates >> i & 1) != 0
                              ? warp.predicate(instruction.slots[i]) >> lane & 1
                              : warp.values(instruction.slots[i])[lane];
    std::snprintf(value, sizeof value, " 0x%llx", static_cast<unsigned long long>(bits));
    line += value;
  }
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace ptxsim
