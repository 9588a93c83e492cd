// What: keeps an object until the thread that made it is gone but for its stack: after what
// libraries do at a thread's end, where NVRTC takes locks of its own.
// Threads: any that will end by itself, so none that calls exit() or is the main one.
#pragma once

#include <exception>
#include <memory>
#include <utility>

namespace fp4jit {

// Destroys `guard` at once where there is no memory to keep it.
void keep_shared_until_thread_ends(std::shared_ptr<void> guard);

// Makes a Guard and keeps it; makes none where there is no memory for it.
template <class Guard, class... Arguments>
void keep_until_thread_ends(Arguments&&... arguments) noexcept {
  try {
    keep_shared_until_thread_ends(std::make_shared<Guard>(std::forward<Arguments>(arguments)...));
  } catch (const std::exception&) {
    // The thread ends unguarded.
  }
}

}  // namespace fp4jit
