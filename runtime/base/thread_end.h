// What: keeps an object until the thread that made it is gone but for its stack: after what
// libraries do at a thread's end, where NVRTC takes locks of its own.
// Threads: any that will end by itself, so none that calls exit() or is the main one.
#pragma once

#include <memory>

namespace fp4jit {

// Destroys `guard` at once where there is no memory to keep it.
void keep_until_thread_ends(std::shared_ptr<void> guard);

}  // namespace fp4jit
