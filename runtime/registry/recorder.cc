#include "registry/recorder.h"

#include <cerrno>
#include <exception>
#include <string_view>

#include "base/format.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

std::set<std::string> lines_of(std::string_view text) {
  std::set<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

Recorder::Recorder(std::string path, std::shared_ptr<cache::FileSystem> files, Log log)
    : path_(std::move(path)), files_(std::move(files)), log_(std::move(log)) {
  if (!path_.empty()) flush_at_exit_.emplace([this] { flush(); });
}

void Recorder::note(const Spec& spec) {
  if (path_.empty()) return;
  std::lock_guard lock(mutex_);
  forget_parents_lines();
  if (!seen_.insert(pack_spec(spec)).second) return;
  pending_.insert(spec_text(spec));
  recorded_.fetch_add(1, std::memory_order_relaxed);
}

Recorder::~Recorder() {
  SlowPath slow;
  flush();
  flush_at_exit_.reset();
}

void Recorder::flush() noexcept {
  try {
    write_pending();
  } catch (const std::exception&) {
    // No memory for the lines: a trace is no reason to fail what it is about.
  }
}

void Recorder::write_pending() {
  std::set<std::string> pending;
  {
    std::lock_guard lock(mutex_);
    forget_parents_lines();
    if (pending_.empty()) return;
    pending.swap(pending_);
  }
  std::lock_guard writing(writing_);
  if (given_up_) return;
  std::string lines = lines_to_add(std::move(pending));
  if (lines.empty()) return;
  cache::FileStatus status = files_->append_file(path_, kMostTraceBytes, lines);
  io_ops_.fetch_add(1, std::memory_order_relaxed);
  if (status != 0) give_up(status);
}

// What the parent of a fork noted it writes itself. mutex_ is held.
void Recorder::forget_parents_lines() {
  if (generation_ == fork_generation()) return;
  pending_.clear();
  generation_ = fork_generation();
}

// A process that starts again adds nothing to the trace of its last run.
std::string Recorder::lines_to_add(std::set<std::string> pending) {
  if (!read_) {
    std::string text;
    files_->read_file(path_, kMostTraceBytes, &text);  // what cannot be read is written again
    known_ = lines_of(text);
    io_ops_.fetch_add(1, std::memory_order_relaxed);
    read_ = true;
  }
  std::string lines;
  for (const std::string& line : pending) {
    if (known_.insert(line).second) lines += line + "\n";
  }
  return lines;
}

void Recorder::give_up(cache::FileStatus status) {
  given_up_ = true;
  std::string why =
      status == EFBIG ? formatted("it would have more than {} bytes; move it away", kMostTraceBytes)
                      : cache::status_text(status);
  log_.write(
      LogLevel::kWarn,
      formatted("the trace {} cannot be written, this runtime records no more: {}", path_, why));
}

}  // namespace fp4jit
