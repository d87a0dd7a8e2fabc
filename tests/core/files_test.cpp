#include "core/files.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/resources.h"
#include "tests/core/error_text.h"

namespace cimera {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  Files() { fs::remove_all(folder_), fs::create_directories(folder_); }
  ~Files() override { ::unsetenv("CIMERA_SHARE"); }

  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Files, RoundTrip) {
  const std::string bytes("any\0bytes\r\n\xff", 12);
  write_whole(folder_ / "new" / "folder" / "x.bin", bytes);
  EXPECT_EQ(read_whole(folder_ / "new" / "folder" / "x.bin"), bytes);
  write_whole(folder_ / "new" / "folder" / "x.bin", "");
  EXPECT_EQ(read_whole(folder_ / "new" / "folder" / "x.bin"), "");
}

TEST_F(Files, LeaveNothingTemporaryBehind) {
  for (int i = 0; i < 3; ++i) write_whole(folder_ / "x.json", std::string(100000, 'x'));
  EXPECT_EQ(count(), 1u);
}

TEST_F(Files, RefuseWhatCannotBeRead) {
  EXPECT_EQ(error_text([&] { read_whole(folder_ / "absent.npy"); }),
            (folder_ / "absent.npy").string() + ": no such file");
  EXPECT_EQ(error_text([&] { read_whole(folder_); }), folder_.string() + ": this is a folder, not a file");
  EXPECT_EQ(error_text([&] { read_whole("/dev/zero", 1000); }), "/dev/zero: larger than the allowed 1000 bytes");
  write_whole(folder_ / "ten", std::string(10, 'x'));
  EXPECT_EQ(read_whole(folder_ / "ten", 10).size(), 10u);
  EXPECT_EQ(error_text([&] { read_whole(folder_ / "ten", 9); }),
            (folder_ / "ten").string() + ": larger than the allowed 9 bytes");
}

TEST_F(Files, KeepTheOldFileWhenWritingFails) {
  fs::create_directories(folder_ / "taken" / "inside");
  EXPECT_EQ(error_text([&] { write_whole(folder_ / "taken", "x"); }),
            "[run] " + (folder_ / "taken").string() + ": cannot be written: Is a directory");
  EXPECT_TRUE(fs::is_directory(folder_ / "taken"));
  EXPECT_EQ(count(), 1u);
  write_whole(folder_ / "plain", "x");
  EXPECT_EQ(error_text([&] { write_whole(folder_ / "plain" / "below", "x"); }),
            "[run] " + (folder_ / "plain" / "below").string() + ": cannot be written: Not a directory");
  EXPECT_EQ(error_text([&] { write_whole("/dev/full/x", "x"); }).rfind("[run] /dev/full/x: cannot be written: ", 0),
            0u);
}

TEST_F(Files, CatalogListsItsYamlFiles) {
  for (const char* name : {"b.yaml", "a.yaml", "readme.md", "c.yaml.part"}) write_whole(folder_ / "cat" / name, "x: 1");
  ::setenv("CIMERA_SHARE", folder_.c_str(), 1);
  EXPECT_EQ(catalog_names("cat"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(catalog_file("cat", "device", "a"), folder_ / "cat" / "a.yaml");
  EXPECT_EQ(error_text([] {
              catalog_file("cat", "device", "A", {"x.yaml", 3});
            }),
            "x.yaml:3: unknown device 'A'; did you mean 'a'? Devices: a, b.");
  EXPECT_EQ(error_text([] { catalog_file("cat", "device", "../cat/a"); }), "unknown device '../cat/a'. Devices: a, b.");
}

TEST_F(Files, ResourcesAreFoundInTheSourceTree) {
  ::unsetenv("CIMERA_SHARE");
  EXPECT_TRUE(fs::exists(resource("core/resources.h")));
}

TEST_F(Files, MissingResourcesNameThePlaces) {
  ::setenv("CIMERA_SHARE", folder_.c_str(), 1);
  EXPECT_EQ(error_text([] { resource("no/such"); }),
            "[run] the data file 'no/such' of cimera is in none of: " + folder_.string() +
                ". The environment variable CIMERA_SHARE can name the folder that holds it.");
}

}  // namespace
}  // namespace cimera
