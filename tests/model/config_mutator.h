// What: checkpoints that are near good ones: config.json and hf_quant_config.json with keys
// dropped, renamed and duplicated, values of other types and sizes, lists spliced, other
// families' names, and now and then a byte changed; and a request to plan them with.
// Threads: one.
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "tools/model/plan.h"

namespace fp4jit::model {

// The two files of a checkpoint; "" where there is none.
struct CheckpointFiles {
  std::string config;
  std::string quantization;
};

class ConfigMutator {
 public:
  explicit ConfigMutator(uint64_t seed);

  CheckpointFiles next_files();
  PlanRequest next_request();

 private:
  struct Seed {
    nlohmann::json config;
    nlohmann::json quantization;  // null: there is none
  };

  void mutate(nlohmann::json* root);
  void change_member(nlohmann::json* object);
  void change_list(nlohmann::json* list);
  nlohmann::json any_value();
  std::string any_key();
  std::string to_text(const nlohmann::json& value);
  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool one_in(uint64_t n) { return below(n) == 0; }

  std::vector<Seed> seeds_;
  std::vector<std::string> keys_;       // of all seeds
  std::vector<nlohmann::json> values_;  // the same
  std::mt19937_64 random_;
};

}  // namespace fp4jit::model
