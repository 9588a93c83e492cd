// What: how often the calling thread has allocated, by malloc or what comes down to it, in a
// program that links count_allocations.cc.
#pragma once

namespace fp4jit {

int allocations_of_thread();

}  // namespace fp4jit
