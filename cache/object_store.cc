#include "cache/object_store.h"

#include <algorithm>
#include <cerrno>

#include "base/format.h"
#include "cache/record_file.h"

namespace fp4jit::cache {
namespace {

constexpr uint32_t kRootMode = 0700;
// Behind the root's mode, so that opening the root opens the store.
constexpr uint32_t kFolderMode = 0755;
constexpr uint32_t kFileMode = 0644;
constexpr int kMostAlikeInQuarantine = 10000;

}  // namespace

ObjectStore::ObjectStore(std::string root, std::string why, std::shared_ptr<FileSystem> files,
                         Log log)
    : root_(std::move(root)), files_(std::move(files)), log_(std::move(log)) {
  if (!root_.empty()) {
    look_at_root();
  } else {
    settle({StoreState::kMemoryOnly, false, true, std::move(why)});
    tell_state(LogLevel::kWarn);
  }
}

std::string ObjectStore::state_reason() const {
  std::lock_guard lock(mutex_);
  return reason_;
}

StoreCounters ObjectStore::counters() const {
  return {io_ops_, quarantined_, write_failures_};
}

FileSystem& ObjectStore::files() const {
  io_ops_.fetch_add(1, std::memory_order_relaxed);
  return *files_;
}

std::string ObjectStore::object_folder(const ObjectName& name) const {
  return formatted("{}/objects/{}", root_, name.folder());
}

std::string ObjectStore::object_path(const ObjectName& name) const {
  return formatted("{}/{}", object_folder(name), name.file());
}

std::string ObjectStore::object_path(const Digest& key, const Toolchain& toolchain) const {
  return object_path(ObjectName{key, toolchain});
}

// Whoever creates an absent root decides whether it can be trusted: hence again until it is there.
void ObjectStore::look_at_root() {
  if (settled_.load(std::memory_order_acquire)) return;
  FolderState seen;
  FileStatus looked = files().folder_state(root_, &seen);
  RootVerdict verdict = judge_root(root_, looked, seen, files().user());
  {
    std::lock_guard lock(mutex_);
    if (settled_.load(std::memory_order_relaxed)) return;
    settle(std::move(verdict));
  }
  // Root's folder was put there to be read: no trouble. Memory-only means kernels compiled in vain.
  if (state() == StoreState::kReadOnly) tell_state(LogLevel::kInfo);
  bool is_open = state() == StoreState::kReadWrite && !state_reason().empty();
  if (is_open || state() == StoreState::kMemoryOnly) tell_state(LogLevel::kWarn);
}

// The caller holds mutex_, or is the constructor.
void ObjectStore::settle(RootVerdict verdict) {
  reason_ = std::move(verdict.reason);
  state_.store(verdict.state, std::memory_order_release);
  readable_.store(verdict.readable, std::memory_order_release);
  settled_.store(verdict.settled, std::memory_order_release);
}

void ObjectStore::tell_state(LogLevel level) const {
  log_.write(level, formatted("the store is {}: {}", enum_name(state()), state_reason()));
}

std::optional<Record> ObjectStore::read_good(const ObjectName& name, const std::string& key_text) {
  RecordFile file = read_record_file(files(), object_path(name), name);
  if (!file.damage.empty()) {
    quarantine(name, file.damage);
  } else if (file.status != 0) {
    note_read_failure(object_path(name), file.status);
  } else if (file.decoded.fault == RecordFault::kNone && file.decoded.record.key_text == key_text) {
    return std::move(file.decoded.record);
  }
  return std::nullopt;
}

std::vector<ObjectName> ObjectStore::names_under(
    const Digest& key, const std::function<bool(const Toolchain&)>& accept) {
  ObjectName any{key, {}};
  std::string folder = any.folder(), prefix = key.hex().substr(folder.size());
  std::vector<std::string> entries;
  std::vector<ObjectName> names;
  if (FileStatus status = files().list_folder(object_folder(any), prefix, &entries)) {
    note_read_failure(object_folder(any), status);
    return names;
  }
  for (const std::string& entry : entries) {
    auto name = parse_object_name(folder, entry);
    if (name && accept(name->toolchain)) names.push_back(*name);
  }
  return names;
}

std::optional<Record> ObjectStore::find(const Digest& key, const std::string& key_text,
                                        const std::function<bool(const Toolchain&)>& accept) {
  look_at_root();
  if (!readable_.load(std::memory_order_acquire)) return std::nullopt;
  std::vector<ObjectName> names = names_under(key, accept);
  std::sort(names.rbegin(), names.rend());  // the key is one: by toolchain, newest first
  for (const ObjectName& name : names) {
    if (auto record = read_good(name, key_text)) return record;
  }
  return std::nullopt;
}

// Two that saw the same damage may move away the good record that one of them stored meanwhile: one
// miss more, nothing worse.
void ObjectStore::quarantine(const ObjectName& name, const std::string& reason) {
  std::string from = object_path(name), folder = root_ + "/quarantine";
  std::string what = formatted("the record {} is damaged ({})", from, reason);
  if (state() != StoreState::kReadWrite)
    return log_.write(LogLevel::kWarn, what + "; it is passed over");
  std::string to = formatted("{}/{}{}.{}", folder, name.folder(), name.file(), reason);
  FileStatus status = files().make_folder(folder, kFolderMode);
  if (status == 0) status = files().rename_file(from, to);
  for (int i = 1; status == EEXIST && i < kMostAlikeInQuarantine; ++i) {
    status = files().rename_file(from, formatted("{}.{}", to, i));
  }
  if (status == ENOENT) return;  // another process was faster
  if (status != 0) return note_write_failure(to, status);
  quarantined_.fetch_add(1, std::memory_order_relaxed);
  log_.write(LogLevel::kWarn,
             formatted("{}; it was moved to {}, to be compiled anew", what, folder));
}

bool ObjectStore::put(const Record& record) {
  look_at_root();
  if (state() != StoreState::kReadWrite) return false;
  ObjectName name{record.key, record.toolchain};
  FileStatus status = make_folders(name);
  if (state() != StoreState::kReadWrite) return false;  // somebody else created the root
  if (status == 0) status = publish(name, record);
  if (status != 0) note_write_failure(object_path(name), status);
  return status == 0;
}

FileStatus ObjectStore::make_folders(const ObjectName& name) {
  if (FileStatus status = files().make_folder(root_, kRootMode)) return status;
  look_at_root();
  if (state() != StoreState::kReadWrite) return 0;
  if (FileStatus status = files().make_folder(root_ + "/tmp", kFolderMode)) return status;
  return files().make_folder(object_folder(name), kFolderMode);
}

// EEXIST when what stands there is neither good nor ours to move.
FileStatus ObjectStore::publish(const ObjectName& name, const Record& record) {
  std::string bytes = encode_record(record);
  FileStatus status = EEXIST;
  for (int tries = 0; tries < 2 && status == EEXIST; ++tries) {
    status = files().publish_file(object_path(name), root_ + "/tmp", bytes, kFileMode);
    if (status == EEXIST && read_good(name, record.key_text)) status = 0;
  }
  return status;
}

void ObjectStore::note_read_failure(const std::string& path, FileStatus status) {
  if (status == ENOENT) return;  // a plain miss
  if (read_failure_logged_.exchange(true)) return;
  log_.write(LogLevel::kWarn, formatted("the store cannot read {}: {}; compiling instead", path,
                                        status_text(status)));
}

void ObjectStore::note_write_failure(const std::string& path, FileStatus status) {
  write_failures_.fetch_add(1, std::memory_order_relaxed);
  std::string what = formatted("cannot write {}: {}", path, status_text(status));
  WriteFailure failure = judge_write(status);
  if (failure == WriteFailure::kPassing) return log_.write(LogLevel::kWarn, what);
  FolderState objects;
  bool holds_records = failure == WriteFailure::kNoRights &&
                       files().folder_state(root_ + "/objects", &objects) == 0 && objects.is_folder;
  {
    std::lock_guard lock(mutex_);
    if (state() != StoreState::kReadWrite) return;  // another thread has told
    settle({holds_records ? StoreState::kReadOnly : StoreState::kMemoryOnly, readable_, true,
            what + "; nothing more is stored; free space, change rights, or set FP4JIT_CACHE_DIR"});
  }
  tell_state(LogLevel::kWarn);
}

std::vector<StoredObject> ObjectStore::walk() {
  look_at_root();
  std::vector<StoredObject> objects;
  std::vector<std::string> folders;
  if (!readable_.load(std::memory_order_acquire)) return objects;
  std::string path = root_ + "/objects";
  FileStatus status = files().list_folder(path, "", &folders);
  if (status != 0 && status != ENOENT) objects.push_back({path, 0, {}, status_text(status)});
  std::sort(folders.begin(), folders.end());
  for (const std::string& folder : folders) walk_folder(folder, &objects);
  return objects;
}

void ObjectStore::walk_folder(const std::string& folder, std::vector<StoredObject>* objects) {
  std::string path = formatted("{}/objects/{}", root_, folder);
  std::vector<std::string> names;
  FileStatus status = files().list_folder(path, "", &names);
  bool is_folder = status != ENOENT && status != ENOTDIR;
  if (status != 0 && is_folder) objects->push_back({path, 0, {}, status_text(status)});
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (!name.ends_with(kObjectSuffix)) continue;  // what a file system or an editor left there
    std::string object = path + "/" + name;
    RecordFile file = read_record_file(files(), object, parse_object_name(folder, name));
    std::string reason = !file.damage.empty() ? file.damage
                         : file.status != 0   ? status_text(file.status)
                                              : file.decoded.reason;
    objects->push_back({object, file.bytes, std::move(file.decoded), std::move(reason)});
  }
}

}  // namespace fp4jit::cache
