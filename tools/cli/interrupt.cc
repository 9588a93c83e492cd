#include "tools/cli/interrupt.h"

#include <iterator>

namespace fp4jit::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

// A signal handler has no other way to reach the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

Interrupt::Interrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted.store(true, std::memory_order_relaxed); };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &action, &earlier_[i]);
}

Interrupt::~Interrupt() {
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &earlier_[i], nullptr);
}

const std::atomic<bool>* Interrupt::flag() const {
  return &interrupted;
}

}  // namespace fp4jit::cli
