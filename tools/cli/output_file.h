// What: a file being written beside its final place: it appears whole or not at all. Unless commit
// succeeds, nothing of it stays.
// Threads: an object belongs to one thread.
// Errors: kIo, naming the file.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace fp4jit::cli {

class OutputFile {
 public:
  OutputFile() = default;
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // Creates the temporary: what cannot be written is known before the work begins.
  static Result<OutputFile> create(const std::string& path);

  Status write(std::string_view bytes);
  Status commit();  // closes it and moves it to its place

 private:
  Status error(const char* what) const;

  std::string path_;
  std::string temporary_;  // "" once it is gone
  int descriptor_ = -1;
};

}  // namespace fp4jit::cli
