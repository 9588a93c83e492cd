// Files that were made to hang, crash or mislead a reader. What hangs fails by the test's time
// limit.
#include "plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;
constexpr StatusCode kWrong = StatusCode::kInvalidArgument;

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

Result<Plan> plan_texts(const std::string& config, const std::string& beside = "") {
  CheckpointFolder folder;
  folder.write("config.json", config);
  if (!beside.empty()) folder.write("hf_quant_config.json", beside);
  PlanRequest request = request_for(1, Format::kNvfp4);
  request.path = folder.path();
  return plan_model(request);
}

Result<Plan> plan_with_target(const std::string& target) {
  json config = golden_config("Qwen3-32B-NVFP4");
  config["quantization_config"] = {
      {"quant_method", "compressed-tensors"},
      {"format", "nvfp4-pack-quantized"},
      {"config_groups",
       {{"group_0", {{"targets", {target, "Linear"}}, {"input_activations", {{"num_bits", 4}}}}}}}};
  return plan_config(config, request_for(1));
}

TEST(Hostile, ExpressionsThatBacktrackForever) {
  for (const char* expression :
       {"re:(a*)*b", "re:(.*.*.*)*x", "re:((((.*)*)*)*)*Q", "re:(.+)+(.+)+(.+)+!",
        "re:(m|mo|mod)*x", "re:(?=.*(?=.*x))y", "re:(.?){100}x"}) {
    EXPECT_TRUE(plan_with_target(expression).ok()) << expression;
  }
}

TEST(Hostile, ExpressionsThatMultiply) {
  for (const std::string& expression :
       {std::string("re:(a?){10000}x"), std::string("re:((((.?){10}){10}){10}){10}x"),
        std::string("re:a{99999999999999999999}"),
        "re:" + repeated("(?=.*", 9) + "Q" + repeated(")", 9), "re:" + repeated("(?!x)", 3)}) {
    expect_refused(plan_with_target(expression).status(), kWrong, "repeats too much");
  }
}

TEST(Hostile, ExpressionsOfAMegabyte) {
  for (std::string part : {"a", "(", "[", ".*", "a|", "(?:a)?"}) {
    expect_refused(
        plan_with_target("re:" + repeated(part, (1 << 20) / static_cast<int>(part.size())))
            .status(),
        kWrong, "an entry has at most 1000");
  }
  // As long and as deep as one may be.
  EXPECT_TRUE(plan_with_target("re:" + std::string(498, '(') + std::string(498, ')')).ok());
  EXPECT_TRUE(plan_with_target("re:" + repeated(".?", 498)).ok());
}

TEST(Hostile, ExpressionsOfOtherLanguages) {
  for (const char* expression :
       {"re:(?i)mlp", "re:(?P<a>mlp)", "re:(?<!a)mlp", "re:(a)\\1", "re:*", "re:[z-a]"}) {
    expect_refused(plan_with_target(expression).status(), kWrong, "is no regular expression");
  }
}

Result<Plan> plan_excluding(const std::vector<std::string>& excluded) {
  return plan_config(golden_config("Qwen3-32B-NVFP4"), request_for(1), modelopt("NVFP4", excluded));
}

TEST(Hostile, Globs) {
  for (const std::string& glob :
       {repeated("*l", 40) + "Q", repeated("*?", 200) + "Q", repeated("*[!Q]", 100) + "Q",
        "*" + repeated("[", 900), std::string("[[:alpha:]")}) {
    EXPECT_TRUE(plan_excluding({glob}).ok()) << glob;
  }
  expect_refused(plan_excluding({std::string(1 << 20, '*')}).status(), kWrong,
                 "exclude_modules: '************************************************************…' "
                 "has 1048576 characters");
}

TEST(Hostile, ListsWithoutEnd) {
  // Names and the globs of one layer each cost nothing.
  std::vector<std::string> names, globs;
  for (int i = 0; i < 100000; ++i)
    names.push_back("model.layers." + std::to_string(i) + ".mlp.nothing");
  for (int i = 0; i < 20000; ++i)
    globs.push_back("model.layers." + std::to_string(i) + ".nothing*");
  EXPECT_TRUE(plan_excluding(names).ok());
  EXPECT_TRUE(plan_excluding(globs).ok());
  expect_refused(plan_excluding(std::vector<std::string>(2000, "*nothing*")).status(), kWrong,
                 "over 1000 patterns that name no layer");
}

TEST(Hostile, LayersWithoutEnd) {
  json config = golden_config("Qwen3-30B-A3B-NVFP4");
  config["num_hidden_layers"] = 100000;
  expect_refused(plan_config(config, request_for(1, Format::kNvfp4)).status(), kWrong,
                 "'num_hidden_layers' must be a whole number from 1 to");
  config["num_hidden_layers"] = 1000;
  config["mlp_only_layers"] = std::vector<int>(1000000, 5000);
  EXPECT_TRUE(plan_config(config, request_for(1, Format::kNvfp4)).ok());
}

// Each of a width of its own.
TEST(Hostile, BlocksWithoutEnd) {
  json blocks = json::array();
  for (int i = 1; i <= 1000; ++i)
    blocks.push_back(
        {{"attention", {{"n_heads_in_group", 8}}}, {"ffn", {{"intermediate_size", 16 * i}}}});
  json config = {{"model_type", "nemotron-nas"},
                 {"hidden_size", 8192},
                 {"num_attention_heads", 64},
                 {"num_hidden_layers", 1000},
                 {"block_configs", blocks}};
  EXPECT_EQ(widths(plan_config(config, request_for(1, Format::kNvfp4))).size(), 1000u);
}

TEST(Hostile, KeysThatStandTwice) {
  std::string good = golden_config("Llama-3.1-8B-Instruct").dump();
  expect_refused(plan_texts(R"({"hidden_size": 64, )" + good.substr(1)).status(), kWrong,
                 "has the key 'hidden_size' twice in one object");
  expect_refused(
      plan_texts(good, R"({"quantization": {"quant_algo": "W4A16", "quant_algo": "NVFP4"}})")
          .status(),
      kWrong, "hf_quant_config.json: has the key 'quant_algo' twice");
  // The same key of two objects is none.
  EXPECT_TRUE(
      plan_texts(good, R"({"a": {"x": 1}, "b": {"x": 1}, "quantization": {"quant_algo": "NVFP4"}})")
          .ok());
}

TEST(Hostile, NumbersThatAreNone) {
  for (const char* value : {"NaN", "Infinity", "-Infinity", "0x1000", "4096.", ".5", "+1", "1e999",
                            "-0.0", "99999999999999999999999999", "\"4096\"", "[4096]"}) {
    std::string text = R"({"model_type": "llama", "num_hidden_layers": 2, "num_attention_heads": 8,
                           "intermediate_size": 64, "hidden_size": )";
    EXPECT_EQ(plan_texts(text + value + "}").status().code(), kWrong) << value;
    EXPECT_TRUE(plan_texts(text + "4096}").ok());
  }
}

TEST(Hostile, NestingWithoutEnd) {
  std::string good = golden_config("Llama-3.1-8B-Instruct").dump();
  for (auto [open, close] : {std::pair{"[", "]"}, {R"({"a":)", "}"}}) {
    std::string deep = repeated(open, 100000) + "1" + repeated(close, 100000);
    expect_refused(plan_texts(R"({"x": )" + deep + ", " + good.substr(1)).status(), kWrong,
                   "is nested over 100 deep");
  }
  EXPECT_TRUE(
      plan_texts(R"({"x": )" + repeated("[", 90) + repeated("]", 90) + ", " + good.substr(1)).ok());
}

// A terminal shows what a file says, and nobody wants a megabyte of it.
TEST(Hostile, WordsOfTheFileInMessages) {
  std::string evil = "\x1b[31m\r" + repeated("\xc3\xa9", 100000);
  json config = golden_config("Llama-3.1-8B-Instruct");
  auto check = [](const Status& status) {
    std::string message(status.message());
    EXPECT_LT(message.size(), 1000u);
    EXPECT_EQ(message.find_first_of("\x1b\r"), std::string::npos) << message;
    EXPECT_THAT(message, testing::HasSubstr("\\u001b[31m\\r\xc3\xa9"));
    EXPECT_NO_THROW((void)json(message).dump());  // whole characters
  };
  for (const char* key : {"model_type", "torch_dtype", "hidden_size"}) {
    json spoilt = config;
    spoilt[key] = evil;
    check(plan_config(spoilt, request_for(1, Format::kNvfp4)).status());
  }
  for (const json& metadata :
       {json{{"quant_algo", evil}}, json{{"quant_method", evil}},
        json{{"quant_algo", "MIXED_PRECISION"},
             {"quantized_layers", {{evil, {{"quant_algo", "NVFP5"}}}}}},
        json{{"quant_algo", "NVFP4"}, {"exclude_modules", {evil}}},
        json{{"format", evil}, {"config_groups", {{"a", json::object()}}}}}) {
    json spoilt = config;
    spoilt["quantization_config"] = metadata;
    check(plan_config(spoilt, request_for(1)).status());
  }
  std::string twice = "{" + json(evil).dump() + ": 1, " + json(evil).dump() + ": 1}";
  check(plan_texts(twice).status());
}

TEST(Hostile, AFileBeyondTheBound) {
  CheckpointFolder folder;
  folder.write("config.json", std::string("{}"));
  std::filesystem::resize_file(folder.path() + "/config.json", int64_t{1} << 30);  // of holes
  PlanRequest request = request_for(1, Format::kNvfp4);
  request.path = folder.path();
  expect_refused(plan_model(request).status(), kWrong, "config.json is over 67108864 bytes");
}

}  // namespace
}  // namespace fp4jit::model
