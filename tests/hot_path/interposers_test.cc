// Each function that is replaced counts its calls, and does its work.
#include "interposers.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

extern "C" int __cxa_guard_acquire(uint64_t*);

namespace fp4jit::hot_path {
namespace {

void call_memory() {
  void* volatile memory = malloc(1);
  memory = realloc(memory, 2);
  free(memory);
  memory = calloc(1, 1);
  free(memory);
  memory = aligned_alloc(64, 64);
  free(memory);
  void* aligned = nullptr;
  if (posix_memalign(&aligned, 64, 64) == 0) free(aligned);
}

void call_locks() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  uint64_t guard = 1;
  timespec past = {};
  pthread_mutex_trylock(&mutex);
  pthread_cond_timedwait(&condition, &mutex, &past);
  pthread_mutex_unlock(&mutex);
  pthread_mutex_lock(&mutex);
  pthread_cond_signal(&condition);
  pthread_cond_broadcast(&condition);
  for (auto take : {pthread_rwlock_rdlock, pthread_rwlock_wrlock, pthread_rwlock_tryrdlock,
                    pthread_rwlock_trywrlock}) {
    take(&lock);
    pthread_rwlock_unlock(&lock);
  }
  pthread_once(&once, [] {});
  __cxa_guard_acquire(&guard);
}

void call_clocks_and_environment() {
  timespec now;
  timeval day;
  clock_gettime(CLOCK_MONOTONIC, &now);
  gettimeofday(&day, nullptr);
  time_t volatile seconds = time(nullptr);
  const char* volatile value = getenv("PATH");
  value = secure_getenv("PATH");
  static_cast<void>(seconds), static_cast<void>(value);
}

void call_files() {
  struct stat status;
  struct statx extended;
  char byte;
  int file = open("/dev/null", O_RDONLY);
  ssize_t volatile ignored = read(file, &byte, 1) + pread(file, &byte, 1, 0);
  ignored = fstat(file, &status) + stat("/", &status) + lstat("/", &status) + access("/", R_OK) +
            statx(AT_FDCWD, "/", 0, STATX_SIZE, &extended);
  static_cast<void>(ignored);
  for (int opened :
       {file, open64("/dev/null", O_RDONLY), openat(AT_FDCWD, "/dev/null", O_RDONLY)}) {
    close(opened);
  }
  for (FILE* stream : {fopen("/dev/null", "r"), fopen64("/dev/null", "r")}) fclose(stream);
}

void call_loader() {
  void* self = dlopen(nullptr, RTLD_NOW);
  void* volatile symbol = dlsym(self, "malloc");
  static_cast<void>(symbol);
  dlclose(self);
  syscall(SYS_getppid);
}

// pthread_cond_wait alone needs somebody to end it, who can't before it waits.
void call_cond_wait() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  bool met = false;
  pthread_mutex_lock(&mutex);
  std::thread other([&] {
    pthread_mutex_lock(&mutex);
    met = true;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
  });
  while (!met) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  other.join();
}

constexpr const char* kFunctions[] = {"malloc",
                                      "calloc",
                                      "realloc",
                                      "free",
                                      "aligned_alloc",
                                      "posix_memalign",
                                      "pthread_mutex_lock",
                                      "pthread_mutex_trylock",
                                      "pthread_rwlock_rdlock",
                                      "pthread_rwlock_wrlock",
                                      "pthread_rwlock_tryrdlock",
                                      "pthread_rwlock_trywrlock",
                                      "pthread_cond_wait",
                                      "pthread_cond_timedwait",
                                      "pthread_cond_signal",
                                      "pthread_cond_broadcast",
                                      "pthread_once",
                                      "__cxa_guard_acquire",
                                      "getenv",
                                      "secure_getenv",
                                      "clock_gettime",
                                      "gettimeofday",
                                      "time",
                                      "open",
                                      "open64",
                                      "openat",
                                      "fopen",
                                      "fopen64",
                                      "stat",
                                      "fstat",
                                      "lstat",
                                      "statx",
                                      "access",
                                      "read",
                                      "pread",
                                      "dlopen",
                                      "dlsym",
                                      "syscall"};

TEST(Interposers, CountEachFunctionThatIsCalled) {
  start_counting();
  call_memory();
  call_locks();
  call_clocks_and_environment();
  call_files();
  call_loader();
  call_cond_wait();
  std::map<std::string, uint64_t> calls = stop_counting();
  for (const char* function : kFunctions) EXPECT_GT(calls[function], 0u) << function;
}

}  // namespace
}  // namespace fp4jit::hot_path
