// What: the files of corpus/.
// Threads: pure.
#pragma once

#include <string>

namespace ptxsim::ptx {

inline constexpr const char* kCorpus[] = {"debug_lines", "grammar", "mxfp4_call_sm_100a",
                                          "mxfp8_sm_90", "nvfp4_sm_100a"};

std::string corpus_text(const std::string& name);

}  // namespace ptxsim::ptx
