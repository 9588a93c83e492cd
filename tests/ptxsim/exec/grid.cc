#include "tests/ptxsim/exec/grid.h"

#include <algorithm>
#include <cstdlib>

#include "base/parallel.h"

namespace ptxsim {
namespace {

// PTXSIM_THREADS; 0: as many as there are cores.
int threads() {
  static const int count = [] {
    const char* text = std::getenv("PTXSIM_THREADS");
    return text == nullptr ? 0 : std::atoi(text);
  }();
  return count;
}

// Blocks are started in chunks, so that a thread is not handed each one alone.
constexpr uint64_t kChunk = 8;

}  // namespace

Grid::Grid(std::unique_ptr<Launch> launch) : launch_(std::move(launch)) {}

// The next `count` blocks. Those that stand still are held where `keeps`; else none does.
void Grid::run_new(uint64_t count, bool pauses, bool keeps) {
  const uint64_t first = next_;
  next_ += count;
  std::vector<std::unique_ptr<Block>> still(keeps ? count : 0);
  const uint64_t chunk = std::clamp<uint64_t>(count / 16, 1, kChunk);
  fp4jit::parallel_for((count + chunk - 1) / chunk, threads(), [&](size_t turn) {
    const uint64_t end = std::min((turn + 1) * chunk, count);
    std::unique_ptr<Block> block;
    for (uint64_t i = turn * chunk; i < end && !launch_->stopped(); ++i) {
      if (block == nullptr) block = std::make_unique<Block>(*launch_);
      block->start(first + i);
      const bool ended = block->run(pauses);
      if (!ended && keeps) still[i] = std::move(block);
    }
  });
  for (auto& block : still) {
    if (block != nullptr) held_.push_back(std::move(block));
  }
}

void Grid::run_held(bool pauses) {
  fp4jit::parallel_for(held_.size(), threads(), [&](size_t i) {
    if (held_[i]->run(pauses) || launch_->stopped()) held_[i].reset();
  });
  std::erase(held_, nullptr);
}

void Grid::run_prologues() {
  run_new(std::min(kResidentBlocks, launch_->blocks()), launch_->program->triggers, true);
}

void Grid::run(bool pauses) {
  const uint64_t blocks = launch_->blocks();
  const uint64_t last = pauses ? std::min(kResidentBlocks, blocks) : 0;
  run_held(pauses && next_ + last > blocks);
  if (next_ + last < blocks) run_new(blocks - last - next_, false, false);
  if (next_ < blocks) run_new(blocks - next_, pauses, true);
  if (launch_->stopped()) {
    next_ = blocks;
    held_.clear();
  }
}

}  // namespace ptxsim
