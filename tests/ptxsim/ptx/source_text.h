// What: pieces of the source as a person reads them, on one line.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

namespace ptxsim::ptx {

// Comments left out, each run of white space one blank, none at the ends.
std::string without_comments(std::string_view source);

// Bytes that are not printable ASCII as "\x1b"; cut with "..." beyond `most` bytes.
std::string printable(std::string_view text, size_t most);

}  // namespace ptxsim::ptx
