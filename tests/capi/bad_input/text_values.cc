// Texts that are no spec, and buffers that are too small for one.
#include <random>

#include "values.h"

namespace bad_input {
namespace {

constexpr const char* kText = "const char* text";
constexpr const char* kSize = "size_t* size";

BadValue text(std::string value, const char* what, fp4jit_status wanted) {
  auto spoil = [=](Call& call) {
    call.text = value;
    call.at.text = call.text.c_str();
  };
  return {kText, "", what, spoil, wanted, {"spec '"}};
}

// Any bytes but NUL, which ends a text.
std::string random_text(std::mt19937& random) {
  std::string bytes(random() % 300, ' ');
  for (char& byte : bytes) byte = static_cast<char>(1 + random() % 255);
  return bytes;
}

BadValue buffer_of(size_t size) {
  return {kSize,
          "",
          std::to_string(size),
          [=](Call& call) { call.size = size; },
          FP4JIT_E_INVALID_ARGUMENT,
          {fmt::format("buffer has {} bytes; the text needs ", size)}};
}

}  // namespace

BadValues text_values(const Call& call) {
  const std::string& good = call.world().text;
  BadValues values = {null_value(kText, &Arguments::text, "text")};
  append(values,
         {text("", "empty", FP4JIT_E_INVALID_SPEC),
          text(std::string(1 << 20, 'k'), "1 MB", FP4JIT_E_INVALID_SPEC),
          text(std::string(1 << 20, '['), "1 MB of brackets", FP4JIT_E_INVALID_SPEC),
          text(good.substr(0, good.find(']')) + "," + std::string(1 << 20, 'k') + "]@sm_90",
               "a field of 1 MB", FP4JIT_E_INVALID_SPEC),
          text(good + std::string(1 << 20, 'a'), "a target of 1 MB", FP4JIT_E_INVALID_SPEC)});
  for (size_t bytes = 1; bytes < good.size(); ++bytes) {
    values.push_back(text(good.substr(0, bytes), "cut off", kAnyError));
  }
  std::mt19937 random(5);
  for (int i = 0; i < 64; ++i) values.push_back(text(random_text(random), "random", kAnyError));
  values.push_back(null_value("fp4jit_spec* spec", &Arguments::parsed, "spec"));
  append(values, size_values("fp4jit_spec* spec", &Call::parsed, "spec"));
  values.push_back(null_value(kSize, &Arguments::size, "size"));
  for (size_t size = 0; size < call.text_bytes(); ++size) values.push_back(buffer_of(size));
  // Asks for the size alone.
  values.push_back(
      {"char* buffer", "", "null", [](Call& at) { at.at.buffer = nullptr; }, FP4JIT_OK});
  return values;
}

}  // namespace bad_input
