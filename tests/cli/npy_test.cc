// What a .npy file may hold, and everything that it may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tools/cli/npy_file.h"
#include "tools/cli/npy_header.h"

namespace fp4jit::cli {
namespace {

using ::testing::HasSubstr;

// As NumPy's format description has it, put together by hand.
std::string file_start(const std::string& dictionary, char version = 1) {
  std::string text = std::string("\x93NUMPY") + version + '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    text += static_cast<char>(dictionary.size() >> (8 * i) & 0xff);
  }
  return text + dictionary;
}

constexpr const char* kGood = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n";

void expect_refused(const std::string& start, const std::string& part) {
  Result<NpyHeader> header = parse_npy_header(start);
  ASSERT_FALSE(header.ok()) << start;
  EXPECT_EQ(header.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(header.status().message(), HasSubstr(part));
}

class NpyFile : public ::testing::Test {
 protected:
  NpyFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fp4jit_npy_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~NpyFile() override { std::filesystem::remove_all(folder_); }

  std::string put(const std::string& bytes) const {
    std::ofstream(folder_ / "x.npy", std::ios::binary) << bytes;
    return (folder_ / "x.npy").string();
  }

  std::filesystem::path folder_;
};

TEST(NpyHeader, ReadsWhatNumpyWrites) {
  for (char version : {1, 2, 3}) {
    NpyHeader header = *parse_npy_header(file_start(kGood, version));
    EXPECT_EQ(header.descr, "<f4");
    EXPECT_EQ(header.rows, 3);
    EXPECT_EQ(header.columns, 4);
    EXPECT_EQ(header.header_bytes, file_start(kGood, version).size());
  }
  EXPECT_EQ(
      parse_npy_header(file_start("{\"shape\": (0, 16), 'fortran_order': False, 'descr': '|u1'}"))
          ->rows,
      0);
}

TEST(NpyHeader, WritesWhatNumpyReads) {
  std::string text = npy_header("|u1", 128, 2048);
  EXPECT_EQ(text.size() % 64, 0u);
  EXPECT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_EQ(static_cast<unsigned char>(text[8]) + 256 * static_cast<unsigned char>(text[9]) + 10u,
            text.size());
  EXPECT_THAT(text, HasSubstr("{'descr': '|u1', 'fortran_order': False, 'shape': (128, 2048), }"));
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(parse_npy_header(text)->columns, 2048);
}

TEST(NpyHeader, RefusesOtherShapesAndOrders) {
  expect_refused(file_start("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4), }"),
                 "Fortran order");
  expect_refused(file_start("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4, 5), }"),
                 "3 axes");
  expect_refused(file_start("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"), "1 axes");
  expect_refused(file_start("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"), "0 axes");
}

TEST(NpyHeader, RefusesWhatIsNone) {
  expect_refused("", "magic");
  expect_refused("PK\x03\x04", "magic");
  expect_refused(file_start(kGood, 4), "version is 4");
  for (const char* dictionary :
       {"", "{", "{}", "garbage", "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, -4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 99999999999999999999), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4), }",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3, 4), }",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), 'more': 'x'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } garbage", "{'descr': '<f4"}) {
    expect_refused(file_start(dictionary), "no dictionary");
  }
}

TEST(NpyHeader, RefusesEveryCut) {
  std::string whole = file_start(kGood);
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_npy_header(whole.substr(0, length)).ok()) << length;
  }
}

TEST(NpyHeader, SurvivesEveryByteChanged) {
  std::string whole = file_start(kGood);
  for (size_t i = 0; i < whole.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = whole;
      changed[i] = static_cast<char>(byte);
      Result<NpyHeader> header = parse_npy_header(changed);
      if (header.ok()) {
        EXPECT_LE(header->header_bytes, changed.size());
      }
    }
  }
}

TEST(NpyHeader, AHugeHeaderIsNotReadOn) {
  std::string start = file_start(kGood, 2);
  start[8] = start[9] = start[10] = start[11] = '\x7f';
  expect_refused(start, "at most");
}

TEST_F(NpyFile, ReadsData) {
  std::string path =
      put(file_start("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }") + "abcdefgh");
  NpyInput input = *NpyInput::open(path);
  ASSERT_TRUE(input.check_length(2).ok());
  EXPECT_EQ(*input.read(2), (std::vector<uint8_t>{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}));
}

TEST_F(NpyFile, LengthMustBeWhatTheHeaderClaims) {
  std::string start = file_start("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }");
  EXPECT_THAT(NpyInput::open(put(start + "abcdefg"))->check_length(2).message(),
              HasSubstr("cut off"));
  EXPECT_THAT(NpyInput::open(put(start + "abcdefghi"))->check_length(2).message(),
              HasSubstr("has 9 bytes"));
}

TEST_F(NpyFile, ClaimsBeyondAllMemoryAreRefusedBeforeAnyAllocation) {
  for (const char* shape :
       {"(1073741824, 1073741824)", "(4611686018427387904, 4)", "(1, 9223372036854775807)"}) {
    std::string start = file_start(
        std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ") + shape + ", }");
    NpyInput input = *NpyInput::open(put(start + "abcd"));
    EXPECT_THAT(input.check_length(4).message(), HasSubstr("claims"));
  }
}

TEST_F(NpyFile, NamesTheFileThatItCannotRead) {
  EXPECT_THAT(NpyInput::open("/dev/null/x.npy").status().message(),
              HasSubstr("/dev/null/x.npy: Not a directory"));
  EXPECT_THAT(NpyInput::open(folder_.string()).status().message(), HasSubstr("no regular file"));
}

}  // namespace
}  // namespace fp4jit::cli
