#include "base/thread_key.h"

#include <mutex>

namespace fp4jit {
namespace {

std::mutex making;  // a key is made once in a process, and no fork comes between

}  // namespace

bool ThreadKey::make() {
  std::lock_guard lock(making);
  if (state_.load(std::memory_order_relaxed) == State::kUntried) {
    bool is_made = pthread_key_create(&key_, end_) == 0;
    state_.store(is_made ? State::kMade : State::kLacking, std::memory_order_release);
  }
  return state_.load(std::memory_order_relaxed) == State::kMade;
}

}  // namespace fp4jit
