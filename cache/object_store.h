// What: the user store: one file per record under a root folder.
//   objects/ab/<30 more digits of the key>-<NVRTC major.minor>.rec
//   quarantine/<32 digits of the key>-<NVRTC major.minor>.rec.<reason>[.<n>]
//       what failed its own checksum or stood under a wrong name, kept for a look
//   tmp/
//       private temporaries
// Threads and processes: any number of both may use one store. Correct with no lock: a record is
// published whole or not at all, the first writer wins, and the loser has lost nothing.
// Errors: a store never fails a call. What cannot be read is a miss, what cannot be written is not
// stored, and state() and the log say so.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "cache/file_system.h"
#include "cache/object_name.h"
#include "cache/record.h"
#include "cache/store_state.h"

namespace fp4jit::cache {

// One file that a walk over the store found, or a folder that it could not look into.
struct StoredObject {
  std::string path;
  uint64_t bytes = 0;
  DecodedRecord decoded;
  std::string reason;  // "" for a good one; else why not, a wrong name included

  // Sound, and somebody else's: no fault of the store.
  bool is_foreign() const { return decoded.fault == RecordFault::kOtherVersion; }
};

struct StoreCounters {
  uint64_t io_ops = 0;  // calls into the file system
  uint64_t quarantined = 0;
  uint64_t write_failures = 0;
};

class ObjectStore {
 public:
  // Touches the disk to look at `root`, and creates nothing: folders come with the first write. An
  // empty root is memory-only; `why` is then the reason ("HOME is not set").
  ObjectStore(std::string root, std::string why, std::shared_ptr<FileSystem> files, Log log);

  const std::string& root() const { return root_; }
  StoreState state() const { return state_.load(std::memory_order_acquire); }
  std::string state_reason() const;  // "" for read-write, unless others may write there too

  // Every record under `key`, newest toolchain first, for which `accept` holds, is verified in
  // turn; the first good one is returned. A record is good when its checksum, its name and its
  // `key_text` hold. What fails its own checksum or stands under a wrong name is quarantined, what
  // is another version's or has another key text is left alone. Reads in every state, unless the
  // place cannot be trusted.
  std::optional<Record> find(const Digest& key, const std::string& key_text,
                             const std::function<bool(const Toolchain&)>& accept);

  // Whether the record, or one that somebody stored under its name before, stands in the store
  // afterwards. The first failure for want of space or rights turns the store to memory-only (or
  // read-only) for the rest of its life, with one line in the log.
  bool put(const Record& record);

  // Every object, in the order of names, damaged and unreadable ones included; nothing is moved.
  std::vector<StoredObject> walk();

  std::string object_path(const Digest& key, const Toolchain& toolchain) const;
  StoreCounters counters() const;

 private:
  FileSystem& files() const;  // counts the call that follows
  std::string object_folder(const ObjectName& name) const;
  std::string object_path(const ObjectName& name) const;

  void look_at_root();
  void settle(RootVerdict verdict);
  void tell_state(LogLevel level) const;
  std::vector<ObjectName> names_under(const Digest& key,
                                      const std::function<bool(const Toolchain&)>& accept);
  std::optional<Record> read_good(const ObjectName& name, const std::string& key_text);
  void quarantine(const ObjectName& name, const std::string& reason);
  void walk_folder(const std::string& folder, std::vector<StoredObject>* objects);

  FileStatus make_folders(const ObjectName& name);
  FileStatus publish(const ObjectName& name, const Record& record);
  void note_read_failure(const std::string& path, FileStatus status);
  void note_write_failure(const std::string& path, FileStatus status);

  const std::string root_;
  const std::shared_ptr<FileSystem> files_;
  const Log log_;

  mutable std::mutex mutex_;  // guards changes of state_, and reason_
  std::string reason_;
  std::atomic<StoreState> state_{StoreState::kReadWrite};
  std::atomic<bool> readable_{false};
  std::atomic<bool> settled_{false};  // the root was seen, or given up: it is not looked at again
  std::atomic<bool> read_failure_logged_{false};

  mutable std::atomic<uint64_t> io_ops_{0};
  std::atomic<uint64_t> quarantined_{0}, write_failures_{0};
};

}  // namespace fp4jit::cache
