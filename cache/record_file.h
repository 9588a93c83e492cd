// What: one file of a store, read and judged.
// Threads: as the file system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cache/file_system.h"
#include "cache/object_name.h"
#include "cache/record.h"

namespace fp4jit::cache {

struct RecordFile {
  FileStatus status = 0;  // of reading it
  uint64_t bytes = 0;
  DecodedRecord decoded;
  std::string damage;  // why it fails its own checksum or name, and is to be quarantined; or ""
};

// `name` is the one that `path` has, or nothing where it is no object's name.
RecordFile read_record_file(FileSystem& files, const std::string& path,
                            const std::optional<ObjectName>& name);

}  // namespace fp4jit::cache
