// What: the user store: one file per record under a root folder.
//   objects/ab/<30 more digits of the key>-<NVRTC major.minor>.rec
//   quarantine/<object name>.<reason>      what failed its own checksum, kept for a look
//   tmp/                                   private temporaries
// Threads and processes: any number of both may use one store. Correct with no lock: a record is published
// whole or not at all, the first writer wins, and the loser has lost nothing.
// Errors: a store never fails a call. What cannot be read is a miss, what cannot be written is not stored,
// and state() and the log say so.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "cache/file_system.h"
#include "cache/record.h"

namespace fp4jit::cache {

enum class StoreState {
  kReadWrite,   // ours, or not created yet
  kReadOnly,    // root's or a trusted owner's, and only theirs to write; or a file system that is
  kMemoryOnly,  // no place for it, or a place that cannot be trusted
};

struct StoreStateRow {
  StoreState value;
  std::string_view name;
};

}  // namespace fp4jit::cache

template <>
inline constexpr fp4jit::cache::StoreStateRow fp4jit::kEnumTable<fp4jit::cache::StoreState>[] = {
    {fp4jit::cache::StoreState::kReadWrite, "read-write"},
    {fp4jit::cache::StoreState::kReadOnly, "read-only"},
    {fp4jit::cache::StoreState::kMemoryOnly, "memory-only"},
};

namespace fp4jit::cache {

// One file that a walk over the store found.
struct StoredObject {
  std::string path;
  uint64_t bytes = 0;
  DecodedRecord decoded;
  std::string reason;  // "" for a good one; else why not, a wrong name included
};

struct StoreCounters {
  uint64_t io_ops = 0;       // calls into the file system
  uint64_t quarantined = 0;
  uint64_t write_failures = 0;
};

class ObjectStore {
 public:
  // Touches the disk to look at `root`, and creates nothing: folders come with the first write. An empty
  // root is memory-only; `why` is then the reason ("HOME is not set").
  ObjectStore(std::string root, std::string why, std::shared_ptr<FileSystem> files, Log log);

  const std::string& root() const { return root_; }
  StoreState state() const { return state_.load(std::memory_order_acquire); }
  std::string state_reason() const;  // "" for read-write

  // Every record under `key`, newest toolchain first, for which `accept` holds, is verified in turn; the
  // first good one is returned. A record is good when its checksum, its name and its key text
  // (`key_text`) hold; what fails its own checksum or stands under a wrong name is quarantined.
  std::optional<Record> find(const Digest& key, const std::string& key_text,
                             const std::function<bool(const Toolchain&)>& accept);

  // Whether the record stands in the store afterwards. The first failure for want of space or rights turns
  // the store to memory-only (or read-only) with one line in the log.
  bool put(const Record& record);

  // Every object, in the order of names, damaged ones included; nothing is moved.
  std::vector<StoredObject> walk();

  std::string object_path(const Digest& key, const Toolchain& toolchain) const;
  StoreCounters counters() const;

 private:
  std::string root_;
  std::shared_ptr<FileSystem> files_;
  Log log_;
  std::string reason_;
  std::atomic<StoreState> state_;
};

}  // namespace fp4jit::cache
