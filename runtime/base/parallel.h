// What: a loop whose turns run on several threads.
// Threads: body is called from the calling thread and `threads` - 1 others, once for each index, in
// order of start; all have returned when parallel_for does. A body must not throw.
// Errors: none; where no more threads can be started, those that run do it all.
#pragma once

#include <cstddef>
#include <functional>

namespace fp4jit {

// threads 0: as many as there are cores. Never more than `count`. `at_end` is called on each of the
// others before it ends.
void parallel_for(size_t count, int threads, const std::function<void(size_t)>& body,
                  const std::function<void()>& at_end = {});

}  // namespace fp4jit
