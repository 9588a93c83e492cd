// What: the trace: every spec that a runtime was asked to prepare or missed, each once, as lines of
// canonical text that `fp4jit prewarm --from-trace` reads.
// Threads and processes: any number of both may write one trace; lines do not mix. note touches no
// file, and is what a sealed runtime and a stream capture allow; flush may block.
// Errors: none reach the caller. A trace that cannot be written is given up, with one line in the
// log.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/exit_gate.h"
#include "base/fork_gate.h"
#include "base/log.h"
#include "cache/file_system.h"
#include "spec/packed.h"

namespace fp4jit {

// What a trace may grow to, over all who write to it: some hundred thousand specs.
inline constexpr size_t kMostTraceBytes = size_t{16} << 20;

class Recorder {
 public:
  // An empty path records nothing.
  Recorder(std::string path, std::shared_ptr<cache::FileSystem> files, Log log);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  bool enabled() const { return !path_.empty(); }

  // `spec` is valid and has a target.
  void note(const Spec& spec);

  // Appends what was noted and does not stand in the trace yet. Gives up what there is no memory
  // for.
  void flush() noexcept;

  // Specs noted.
  uint64_t recorded() const { return recorded_.load(std::memory_order_relaxed); }
  uint64_t io_ops() const { return io_ops_.load(std::memory_order_relaxed); }

 private:
  void write_pending();
  void forget_parents_lines();
  std::string lines_to_add(std::set<std::string> pending);
  void give_up(cache::FileStatus status);

  const std::string path_;
  const std::shared_ptr<cache::FileSystem> files_;
  const Log log_;

  std::atomic<uint64_t> recorded_{0}, io_ops_{0};

  std::mutex mutex_;  // guards the next three; never held during input or output
  std::set<PackedSpec> seen_;
  std::set<std::string> pending_;
  uint64_t generation_ = fork_generation();  // of the process that noted pending_

  std::mutex writing_;  // guards the rest, while the file is read and written
  bool read_ = false;   // `known_` has what stood in the trace
  bool given_up_ = false;
  std::set<std::string> known_;

  std::optional<DoneAtExit> flush_at_exit_;  // a process may end without ending its runtimes
};

}  // namespace fp4jit
