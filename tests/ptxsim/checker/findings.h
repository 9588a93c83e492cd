// What: what the checker finds, one kind each with its text and the driver's error code, and where:
// kernel, PTX line, block, thread.
// Threads: values; Findings::report may be called from any thread.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <string>

namespace ptxsim {

enum class FindingKind : uint8_t {
  kOutOfBounds,
  kMisaligned,
  kUseAfterFree,
  kNeverWritten,
  kWriteConflict,  // two threads, different values, one byte, no order
  kSharedRace,
  kDivergentBarrier,
  kInstructionBudget,  // an endless loop
  kBeforeWait,         // touches what the predecessor writes before griddepcontrol.wait
  kStuckLanes,         // a .sync instruction names lanes that never come
  kTrap,               // trap, brkpt
};

struct FindingRow {
  FindingKind kind;
  const char* name;  // as it stands in the message: "out-of-bounds"
  CUresult code;     // what a later driver call returns
};

const FindingRow& finding_row(FindingKind kind);

struct Place {
  std::string kernel;
  uint32_t line = 0;
  std::string text;  // of the instruction
  uint32_t block[3] = {0, 0, 0};
  uint32_t thread[3] = {0, 0, 0};
};

// "ptxsim: out-of-bounds: <what>\n  kernel …, PTX line 12: st.global…\n  block (0,1,0), thread …"
std::string finding_text(FindingKind kind, const std::string& what, const Place& place);

}  // namespace ptxsim
