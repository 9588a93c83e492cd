// What: the tags that keep the handles of this process's registries apart.
// Threads: any.
#pragma once

#include <cstdint>

namespace fp4jit {

// A multiple of KernelArray::kCapacity, never 0, that no living registry has. One that was given
// back is used again only after all others were; with more registries than tags they share.
uint32_t take_handle_tag();

void give_back_handle_tag(uint32_t tag);

}  // namespace fp4jit
