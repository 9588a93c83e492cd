// What: a stack of its own for a model thread, entered and left by hand. AddressSanitizer and
// ThreadSanitizer follow it.
// Threads: a fiber belongs to the thread that made it.
#pragma once

#include <ucontext.h>

#include <functional>
#include <memory>

namespace fp4jit::model_check {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;

  // The earlier body, if any, has finished.
  void start(std::function<void()> body);
  // Runs the body until it suspends or finishes.
  void resume();
  // From the body: back to the caller of resume.
  void suspend();
  bool finished() const { return finished_; }

 private:
  static void enter(unsigned high, unsigned low);
  void run_bodies();

  static constexpr size_t kStackBytes = 256 << 10;

  std::unique_ptr<char[]> stack_;
  ucontext_t own_, caller_;
  void* own_name_ = nullptr;  // ThreadSanitizer's
  void* caller_name_ = nullptr;
  std::function<void()> body_;
  bool finished_ = true;
};

}  // namespace fp4jit::model_check
