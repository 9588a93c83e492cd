// What: how this process's heap treats memory that is freed. A compile takes and frees about 10 MB
// in small blocks, and the C library gives most of it back to the kernel, to fault it in anew for
// the next compile, which that makes a tenth longer.
// Threads: before those that compile. For a program, not for a library within another's process.
#pragma once

namespace fp4jit::cli {

// What `threads` that compile have freed (0: one per core) stays for their next compile; of very
// many it would be too much, and nothing changes. A heap that can't be told is only slower.
void keep_freed_memory(int threads);

}  // namespace fp4jit::cli
