// What: the operating system's file system, with one call made to fail, or a folder said to be
// another's.
// Threads: set up before it is shared; the calls themselves may come from many threads.
#pragma once

#include <array>
#include <atomic>
#include <optional>

#include "cache/file_system.h"

namespace fp4jit::cache {

class FaultyFileSystem : public FileSystem {
 public:
  enum Method {
    kReadFile,
    kPublishFile,
    kAppendFile,
    kRenameFile,
    kMakeFolder,
    kListFolder,
    kFolderState,
    kMethods
  };
  static constexpr int kEveryCall = 0;

  // Call number `nth` (from 1) of `method` answers `status` and does nothing; with kEveryCall all
  // do.
  void fail(Method method, int nth, FileStatus status) {
    failing_ = method;
    nth_ = nth;
    status_ = status;
  }
  void heal() { failing_.reset(); }

  // What folder_state says of folders that are there.
  void pretend_owner(uint32_t owner, uint32_t mode) {
    pretended_ = FolderState{true, true, owner, mode};
  }
  void pretend_user(uint32_t user) { user_ = user; }

  int calls(Method method) const { return calls_[method]; }
  int calls() const {
    int sum = 0;
    for (const auto& count : calls_) sum += count;
    return sum;
  }

  FileStatus read_file(const std::string& path, size_t most_bytes, std::string* bytes) override {
    if (FileStatus status = enter(kReadFile)) return status;
    return real_->read_file(path, most_bytes, bytes);
  }
  FileStatus publish_file(const std::string& path, const std::string& temp_folder,
                          std::string_view bytes, uint32_t mode) override {
    if (FileStatus status = enter(kPublishFile)) return status;
    return real_->publish_file(path, temp_folder, bytes, mode);
  }
  FileStatus append_file(const std::string& path, size_t most_bytes,
                         std::string_view bytes) override {
    if (FileStatus status = enter(kAppendFile)) return status;
    return real_->append_file(path, most_bytes, bytes);
  }
  FileStatus rename_file(const std::string& from, const std::string& to) override {
    if (FileStatus status = enter(kRenameFile)) return status;
    return real_->rename_file(from, to);
  }
  FileStatus make_folder(const std::string& path, uint32_t mode) override {
    if (FileStatus status = enter(kMakeFolder)) return status;
    return real_->make_folder(path, mode);
  }
  FileStatus list_folder(const std::string& path, std::string_view prefix,
                         std::vector<std::string>* names) override {
    if (FileStatus status = enter(kListFolder)) return status;
    return real_->list_folder(path, prefix, names);
  }
  FileStatus folder_state(const std::string& path, FolderState* state) override {
    if (FileStatus status = enter(kFolderState)) return status;
    FileStatus status = real_->folder_state(path, state);
    if (pretended_ && status == 0 && state->exists) *state = *pretended_;
    return status;
  }
  uint32_t user() override { return user_.value_or(real_->user()); }

 private:
  FileStatus enter(Method method) {
    int call = ++calls_[method];
    return failing_ == method && (nth_ == kEveryCall || nth_ == call) ? status_ : 0;
  }

  std::shared_ptr<FileSystem> real_ = real_file_system();
  std::array<std::atomic<int>, kMethods> calls_{};
  std::optional<Method> failing_;
  int nth_ = kEveryCall;
  FileStatus status_ = 0;
  std::optional<FolderState> pretended_;
  std::optional<uint32_t> user_;
};

}  // namespace fp4jit::cache
