// What: how the program ends. Scripts rely on the numbers; they never change.
// Threads: pure.
#pragma once

#include "base/status.h"

namespace fp4jit::cli {

enum class ExitCode {
  kDone = 0,
  kIncomplete = 1,  // some failed or are missing, or unaligned, or the store cannot be used
  kWrongInput = 2,  // wrong flags or spec, or input that cannot be read
  kNothingToDo =
      3,  // understood, and nothing can be done: no NVRTC, no GPU, weights alone quantised
  kInterrupted = 130,
};

// What a refusal with this code exits with.
ExitCode exit_code(StatusCode code);

}  // namespace fp4jit::cli
