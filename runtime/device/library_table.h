// What: the loaded libraries (CUlibrary) of the process by what they hold, so that one artifact is
// loaded once, however many runtimes and devices use it. Never unloads: a graph may hold any
// kernel.
// Threads: load may be called from any thread; loads follow one another.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "device/driver.h"

namespace fp4jit {

// A digest of the artifact's bytes.
struct LibraryKey {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const LibraryKey&) const = default;
};

class LibraryTable {
 public:
  // `image` is a cubin or PTX with these contents; the driver copies it. Errors are not remembered.
  Result<CUlibrary> load(const DriverApi& api, LibraryKey key, const std::string& image);

 private:
  std::mutex mutex_;  // guards libraries_
  std::map<LibraryKey, CUlibrary> libraries_;
};

// The one of this process, shared by all runtimes; lives for ever.
LibraryTable& process_library_table();

}  // namespace fp4jit
