// What: opens a store to every user of the machine: root's store in an image then serves them all.
// Threads: before any thread is started; it sets the process's umask.
// Errors: kIo, naming what could not be opened.
#pragma once

#include <string>

#include "base/status.h"

namespace fp4jit::cli {

// Creates the store's folders where they are absent. Those, the records that are there and what
// this process stores from here on get the modes 0755 and 0644.
Status share_store(const std::string& root);

}  // namespace fp4jit::cli
