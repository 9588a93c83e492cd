// What: a log callback that holds the thread which logs, in the middle of the library's work, until
// it is told to go on.
// Threads: any.
#pragma once

#include <fp4jit/fp4jit.h>

#include <condition_variable>
#include <mutex>
#include <string>

namespace fp4jit::life_cycle {

class HeldLog {
 public:
  // Holds whoever logs a line that has `word` in it, from `config`'s runtime.
  HeldLog(fp4jit_config* config, std::string word) : word_(std::move(word)) {
    config->log = [](void* self, fp4jit_log_level, const char* message) {
      static_cast<HeldLog*>(self)->hear(message);
    };
    config->log_user = this;
    config->log_level = FP4JIT_LOG_INFO;
  }

  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_ > 0; });
  }

  void let_go() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  void hear(const std::string& message) {
    if (message.find(word_) == std::string::npos) return;
    std::unique_lock lock(mutex_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }

  const std::string word_;
  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  int held_ = 0;
  bool open_ = false;
};

}  // namespace fp4jit::life_cycle
