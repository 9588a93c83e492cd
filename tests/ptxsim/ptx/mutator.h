// What: texts that are almost PTX: mutations of seeds, the same ones for the same number.
// Threads: one mutator for each thread.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ptxsim::ptx {

class Mutator {
 public:
  Mutator(std::vector<std::string> seeds, uint64_t number)
      : seeds_(std::move(seeds)), random_(number) {}

  // One of the seeds with one to four changes.
  std::string next();

 private:
  void change(std::string* text);
  void change_byte(std::string* text);
  void erase_slice(std::string* text);
  void copy_slice(std::string* text);
  void cut(std::string* text);
  void swap_tokens(std::string* text);
  void insert_token(std::string* text);
  uint64_t below(uint64_t limit) { return random_() % limit; }
  std::string slice_of(const std::string& text);

  std::vector<std::string> seeds_;
  std::mt19937_64 random_;
};

// Fails the test unless parse() either makes a module whose operands name what exists, or an error
// of the right code with one short line. True where there is a module.
bool check_parse(const std::string& text);

}  // namespace ptxsim::ptx
