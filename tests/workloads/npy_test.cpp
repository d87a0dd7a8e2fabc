#include "workloads/data/npy.h"

#include <limits>

#include <gmock/gmock.h>
#include <zip.h>

#include "tests/workloads/support.h"
#include "workloads/data/npy_header.h"
#include "workloads/data/npz.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A version 1.0 file with the given dictionary and data.
std::string file(std::string dictionary, const std::string& data, char version = 1) {
  dictionary += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += {version, '\0', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
  if (version > 1) bytes += {'\0', '\0'};
  return bytes + dictionary + data;
}

std::string dictionary(const std::string& descr, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::string refusal(const std::string& bytes) {
  return input_error([&] { NpyArray::parse(bytes, Where{"a.npy"}); });
}

template <class T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

TEST(Npy, ReadsEveryType) {
  const auto check = [](const std::string& descr, const std::string& data) {
    const NpyArray a = NpyArray::parse(file(dictionary(descr, "(2,)"), data), {});
    EXPECT_EQ(a.shape(), (Shape{2}));
    EXPECT_THAT(a.doubles(), ElementsAre(1, 100)) << descr;
    EXPECT_THAT(a.floats(), ElementsAre(1, 100)) << descr;
  };
  check("|u1", raw<std::uint8_t>({1, 100}));
  check("|i1", raw<std::int8_t>({1, 100}));
  check("<u2", raw<std::uint16_t>({1, 100}));
  check("<i2", raw<std::int16_t>({1, 100}));
  check("<u4", raw<std::uint32_t>({1, 100}));
  check("<i4", raw<std::int32_t>({1, 100}));
  check("<i8", raw<std::int64_t>({1, 100}));
  check("<f4", raw<float>({1, 100}));
  check("<f8", raw<double>({1, 100}));
  EXPECT_THAT(NpyArray::parse(file(dictionary("|b1", "(2,)"), {'\1', '\0'}), {}).integers(), ElementsAre(1, 0));
  constexpr std::int64_t kBig = (std::int64_t{1} << 53) + 1;
  EXPECT_THAT(NpyArray::parse(file(dictionary("<i8", "(1,)"), raw<std::int64_t>({kBig})), {}).integers(),
              ElementsAre(kBig));
  EXPECT_THROW(NpyArray::parse(file(dictionary("<f4", "(1,)"), raw<float>({1})), {}).integers(), Error);
}

TEST(Npy, ReadsShapesVersionsAndSpellings) {
  EXPECT_EQ(NpyArray::parse(file(dictionary("<f4", "()"), raw<float>({3})), {}).shape(), Shape{});
  EXPECT_EQ(NpyArray::parse(file(dictionary("<f4", "(2, 3)"), raw<float>({1, 2, 3, 4, 5, 6})), {}).shape(),
            (Shape{2, 3}));
  EXPECT_EQ(NpyArray::parse(file(dictionary("<f4", "(0, 3)"), ""), {}).count(), 0);
  for (const char version : {2, 3}) {
    EXPECT_EQ(NpyArray::parse(file(dictionary("<f4", "(1,)"), raw<float>({5}), version), {}).floats().at(0), 5);
  }
  const std::string spelling = R"({"shape":(2,),"fortran_order":False,"descr":"<f4"}   )";
  EXPECT_THAT(NpyArray::parse(file(spelling, raw<float>({7, 8})), {}).floats(), ElementsAre(7, 8));
}

TEST(Npy, RefusesWhatItDoesNotRead) {
  EXPECT_THAT(refusal(""), HasSubstr("a.npy: the file is empty"));
  EXPECT_THAT(refusal("PK\3\4 something else"), HasSubstr("no .npy file"));
  EXPECT_THAT(refusal("\x93NUMPY"), HasSubstr("truncated"));
  EXPECT_THAT(refusal(file(dictionary("<f4", "(1,)"), raw<float>({1}), 9)), HasSubstr("version 9"));
  EXPECT_THAT(refusal(file(dictionary("<f4", "(1,)", "True"), raw<float>({1}))), HasSubstr("Fortran order"));
  EXPECT_THAT(refusal(file(dictionary(">f4", "(1,)"), raw<float>({1}))), HasSubstr("'>f4' is not little-endian"));
  EXPECT_THAT(refusal(file(dictionary("|O", "(1,)"), "pickle")), HasSubstr("|O"));
  EXPECT_THAT(refusal(file(dictionary("<c8", "(1,)"), std::string(8, ' '))),
              HasSubstr("'<c8' is not supported; supported are"));
  EXPECT_THAT(refusal(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")),
              HasSubstr("records"));
  EXPECT_THAT(refusal(file(dictionary("<f4", "(2,)"), raw<float>({1}))),
              HasSubstr("4 bytes of data for shape 2 of 'f4', which needs 8"));
  EXPECT_THAT(refusal(file(dictionary("<f4", "(1,)"), raw<float>({1, 2}))), HasSubstr("8 bytes of data"));
  EXPECT_THAT(refusal(file(dictionary("<f4", "(4611686018427387904, 4)"), "")), HasSubstr("2^40"));
  for (const char* broken :
       {"", "{", "{'descr': '<f4'}", "{'descr': <f4, }", "[1]", "{'shape': (-1,), }",
        "{'shape': (99999999999999999999,), }", "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }",
        "{'other': 1}", "{'descr': '<f4"}) {
    EXPECT_THAT(refusal(file(broken, "")), HasSubstr("header is damaged")) << broken;
  }
  const std::string whole = file(dictionary("<f4", "(2,)"), raw<float>({1, 2}));
  for (std::size_t length = 0; length < whole.size(); ++length) refusal(whole.substr(0, length));
}

TEST(Npy, WritesWhatItReadsAndWhatNumpyAligns) {
  const std::vector<float> floats = {1.5F, -2, 3, 4, 5, std::numeric_limits<float>::max()};
  const std::string bytes = npy_bytes<float>({2, 3}, floats);
  EXPECT_EQ(parse_npy_header(bytes, {}).data_offset % 64, 0u);
  const NpyArray back = NpyArray::parse(bytes, {});
  EXPECT_EQ(back.shape(), (Shape{2, 3}));
  EXPECT_EQ(back.dtype(), "f4");
  EXPECT_EQ(back.floats(), floats);
  const TemporaryFolder folder;
  const std::vector<std::int64_t> tokens = {1, -2, 3};
  save_npy<std::int64_t>(folder.path("t.npy"), {3}, tokens);
  EXPECT_EQ(NpyArray::load(folder.path("t.npy")).integers(), tokens);
  EXPECT_EQ(NpyArray::parse(npy_bytes<std::uint8_t>({}, std::vector<std::uint8_t>{9}), {}).integers().at(0), 9);
}

/// Writes an archive with deflated members.
std::string write_npz(const TemporaryFolder& folder, const std::vector<std::pair<std::string, std::string>>& members) {
  const std::string path = folder.path("data.npz");
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : members) {
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

TEST(Npz, ReadsMembersByName) {
  const TemporaryFolder folder;
  const NpzFile npz(write_npz(folder, {{"x.npy", npy_bytes<float>({2}, std::vector<float>{1, 2})},
                                       {"notes.txt", "hello"},
                                       {"y.npy", npy_bytes<std::int32_t>({1}, std::vector<std::int32_t>{7})}}));
  EXPECT_THAT(npz.names(), ElementsAre("x", "y"));
  EXPECT_THAT(npz.read("x").floats(), ElementsAre(1, 2));
  EXPECT_THAT(npz.read("y").integers(), ElementsAre(7));
  EXPECT_THAT(input_error([&] { npz.read("z"); }), HasSubstr("array 'z': the archive has no such array. It has: x, y"));
}

TEST(Npz, RefusesDamagedArchives) {
  const TemporaryFolder folder;
  EXPECT_THAT(input_error([&] { NpzFile(folder.path("none.npz")); }), HasSubstr("no such file"));
  EXPECT_THAT(input_error([&] { NpzFile(folder.write("text.npz", "hello")); }), HasSubstr("no .npz archive"));
  EXPECT_THAT(input_error([&] { NpzFile(folder.write("empty.npz", "")); }), HasSubstr("empty.npz"));
  const std::vector<float> values = random_values(5000, 0, 1, 1);
  const std::string path =
      write_npz(folder, {{"x.npy", npy_bytes<float>({5000}, values)}, {"bad.npy", "not an array"}});
  EXPECT_THAT(input_error([&] { NpzFile(path).read("bad"); }), HasSubstr("array 'bad': it is no .npy file"));
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  EXPECT_THAT(input_error([&] { NpzFile(folder.write("cut.npz", bytes.substr(0, bytes.size() / 2))); }),
              HasSubstr("cut.npz"));
  bytes[2000] = static_cast<char>(bytes[2000] ^ 0x55);
  EXPECT_THAT(input_error([&] { NpzFile(folder.write("bits.npz", bytes)).read("x"); }), HasSubstr("bits.npz"));
}

}  // namespace
}  // namespace cimera::workloads
