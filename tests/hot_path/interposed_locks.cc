// Replaces the functions of locks, of once-initialisation, of clocks and of the environment.
#include <pthread.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "forward.h"

using fp4jit::hot_path::forward;

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  return forward<"pthread_mutex_lock", int>(mutex);
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  return forward<"pthread_mutex_trylock", int>(mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  return forward<"pthread_rwlock_rdlock", int>(lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  return forward<"pthread_rwlock_wrlock", int>(lock);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  return forward<"pthread_rwlock_tryrdlock", int>(lock);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  return forward<"pthread_rwlock_trywrlock", int>(lock);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return forward<"pthread_cond_wait", int>(condition, mutex);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  return forward<"pthread_cond_timedwait", int>(condition, mutex, until);
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  return forward<"pthread_cond_signal", int>(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  return forward<"pthread_cond_broadcast", int>(condition);
}

int pthread_once(pthread_once_t* once, void (*routine)()) {
  return forward<"pthread_once", int>(once, routine);
}

// Of C++: the first use of a static variable in a function.
int __cxa_guard_acquire(uint64_t* guard) {
  return forward<"__cxa_guard_acquire", int>(guard);
}

char* getenv(const char* name) noexcept {
  return forward<"getenv", char*>(name);
}

char* secure_getenv(const char* name) noexcept {
  return forward<"secure_getenv", char*>(name);
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  return forward<"clock_gettime", int>(clock, now);
}

int gettimeofday(timeval* now, void* zone) noexcept {
  return forward<"gettimeofday", int>(now, zone);
}

time_t time(time_t* now) noexcept {
  return forward<"time", time_t>(now);
}

}  // extern "C"
