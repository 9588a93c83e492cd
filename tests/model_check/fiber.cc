#include "tests/model_check/fiber.h"

#include <cstdint>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#else
namespace {
void* __tsan_create_fiber(unsigned) {
  return nullptr;
}
void* __tsan_get_current_fiber() {
  return nullptr;
}
void __tsan_destroy_fiber(void*) {}
void __tsan_switch_to_fiber(void*, unsigned) {}
}  // namespace
#endif

namespace fp4jit::model_check {

Fiber::Fiber() : stack_(new char[kStackBytes]), own_name_(__tsan_create_fiber(0)) {
  getcontext(&own_);
  own_.uc_stack.ss_sp = stack_.get();
  own_.uc_stack.ss_size = kStackBytes;
  own_.uc_link = nullptr;
  // makecontext passes ints alone.
  auto self = reinterpret_cast<uintptr_t>(this);
  makecontext(&own_, reinterpret_cast<void (*)()>(&Fiber::enter), 2,
              static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
}

Fiber::~Fiber() {
  __tsan_destroy_fiber(own_name_);
}

void Fiber::start(std::function<void()> body) {
  body_ = std::move(body);
  finished_ = false;
}

void Fiber::resume() {
  caller_name_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(own_name_, 0);
  swapcontext(&caller_, &own_);
}

void Fiber::suspend() {
  __tsan_switch_to_fiber(caller_name_, 0);
  swapcontext(&own_, &caller_);
}

void Fiber::enter(unsigned high, unsigned low) {
  reinterpret_cast<Fiber*>(static_cast<uintptr_t>(high) << 32 | low)->run_bodies();
}

// One stack serves every execution; between two bodies nothing on it is alive.
void Fiber::run_bodies() {
  while (true) {
    body_();
    finished_ = true;
    suspend();
  }
}

}  // namespace fp4jit::model_check
