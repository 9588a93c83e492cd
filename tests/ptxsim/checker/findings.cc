#include "tests/ptxsim/checker/findings.h"

#include <array>

namespace ptxsim {
namespace {

// In the order of FindingKind. What a GPU would not notice ends as a failed launch.
constexpr std::array<FindingRow, 11> kRows = {{
    {FindingKind::kOutOfBounds, "out-of-bounds", CUDA_ERROR_ILLEGAL_ADDRESS},
    {FindingKind::kMisaligned, "misaligned", CUDA_ERROR_MISALIGNED_ADDRESS},
    {FindingKind::kUseAfterFree, "use-after-free", CUDA_ERROR_ILLEGAL_ADDRESS},
    {FindingKind::kNeverWritten, "never-written", CUDA_ERROR_LAUNCH_FAILED},
    {FindingKind::kWriteConflict, "write-conflict", CUDA_ERROR_LAUNCH_FAILED},
    {FindingKind::kSharedRace, "shared-race", CUDA_ERROR_LAUNCH_FAILED},
    {FindingKind::kDivergentBarrier, "divergent-barrier", CUDA_ERROR_LAUNCH_FAILED},
    {FindingKind::kInstructionBudget, "endless-loop", CUDA_ERROR_LAUNCH_TIMEOUT},
    {FindingKind::kBeforeWait, "before-wait", CUDA_ERROR_LAUNCH_FAILED},
    {FindingKind::kStuckLanes, "stuck-lanes", CUDA_ERROR_LAUNCH_FAILED},
    {FindingKind::kTrap, "trap", CUDA_ERROR_LAUNCH_FAILED},
}};

std::string triple(const uint32_t (&index)[3]) {
  return "(" + std::to_string(index[0]) + "," + std::to_string(index[1]) + "," +
         std::to_string(index[2]) + ")";
}

}  // namespace

const FindingRow& finding_row(FindingKind kind) {
  return kRows[static_cast<size_t>(kind)];
}

std::string finding_text(FindingKind kind, const std::string& what, const Place& place) {
  return std::string("ptxsim: ") + finding_row(kind).name + ": " + what + "\n  kernel " +
         place.kernel + ", PTX line " + std::to_string(place.line) + ": " + place.text +
         "\n  block " + triple(place.block) + ", thread " + triple(place.thread) + "\n";
}

}  // namespace ptxsim
