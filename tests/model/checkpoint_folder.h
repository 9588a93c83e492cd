// A checkpoint's folder made for one test, from the published facts or from text.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace fp4jit::model {

inline std::filesystem::path golden_models() {
  return std::filesystem::path(FP4JIT_SOURCE_DIR) / "tests/golden/models";
}

inline nlohmann::json golden_json(const std::string& file) {
  return nlohmann::json::parse(std::ifstream(golden_models() / file));
}

inline nlohmann::json golden_config(const std::string& model) {
  return golden_json(model + "/config.json");
}

class CheckpointFolder {
 public:
  CheckpointFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fp4jit_model_XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~CheckpointFolder() { std::filesystem::remove_all(root_); }
  CheckpointFolder(const CheckpointFolder&) = delete;
  CheckpointFolder& operator=(const CheckpointFolder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  void write(const std::string& name, const nlohmann::json& value) const {
    write(name, value.dump());
  }
  std::string path() const { return root_.string(); }

 private:
  std::filesystem::path root_;
};

}  // namespace fp4jit::model
