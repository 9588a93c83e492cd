#include "tools/cli/exit_codes.h"

namespace fp4jit::cli {
namespace {

struct ExitRow {
  StatusCode status;
  ExitCode exit;
};

// Every other status is a failure of this run: kIncomplete.
constexpr ExitRow kExitTable[] = {
    {StatusCode::kOk, ExitCode::kDone},
    {StatusCode::kInvalidArgument, ExitCode::kWrongInput},
    {StatusCode::kInvalidSpec, ExitCode::kWrongInput},
    {StatusCode::kIo, ExitCode::kWrongInput},
    {StatusCode::kUnsupported, ExitCode::kNothingToDo},
    {StatusCode::kNoDriver, ExitCode::kNothingToDo},
    {StatusCode::kNoNvrtc, ExitCode::kNothingToDo},
    {StatusCode::kCancelled, ExitCode::kInterrupted},
};

}  // namespace

ExitCode exit_code(StatusCode code) {
  for (const ExitRow& row : kExitTable) {
    if (row.status == code) return row.exit;
  }
  return ExitCode::kIncomplete;
}

}  // namespace fp4jit::cli
