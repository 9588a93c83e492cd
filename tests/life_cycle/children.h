// What: children of fork() whose end says how they fared.
// Threads: any.
#pragma once

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace fp4jit::life_cycle {

// Longer than anything takes that is not stuck.
inline constexpr unsigned kPatience = 20;  // seconds

// "" for a process that ended with code 0.
inline std::string ending_of(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return "not a child";
  if (WIFSIGNALED(status)) {
    bool stuck = WTERMSIG(status) == SIGALRM;
    return stuck ? "stuck" : "killed by signal " + std::to_string(WTERMSIG(status));
  }
  return WEXITSTATUS(status) == 0 ? "" : "exit code " + std::to_string(WEXITSTATUS(status));
}

// A child that runs `body` and ends by `end`: _exit, or exit, which runs the handlers.
template <class Body>
pid_t start_child(Body body, void (*end)(int) = _exit) {
  pid_t child = fork();
  if (child != 0) return child;
  alarm(kPatience);
  body();
  end(0);
  abort();
}

template <class Body>
std::string in_child(Body body, void (*end)(int) = _exit) {
  return ending_of(start_child(body, end));
}

}  // namespace fp4jit::life_cycle
