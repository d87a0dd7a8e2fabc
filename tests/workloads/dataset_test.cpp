#include "workloads/dataset.h"

#include <limits>

#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/workloads/support.h"
#include "workloads/data/npy.h"

namespace cimera::workloads {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const std::string& spec) {
  return input_error([&] { load_dataset(spec); });
}

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string images(std::uint32_t count, std::uint32_t magic = 0x803) {
  std::string bytes = big_endian(magic) + big_endian(count) + big_endian(2) + big_endian(3);
  for (std::uint32_t i = 0; i < count * 6; ++i) bytes.push_back(static_cast<char>(250 + i));  // wraps at 255
  return bytes;
}
std::string labels(std::uint32_t count) {
  std::string bytes = big_endian(0x801) + big_endian(count);
  for (std::uint32_t i = 0; i < count; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

std::string gzipped(const std::string& bytes) {
  std::string out(bytes.size() + 1000, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Mnist, ReadsFoldersPlainAndCompressed) {
  for (const bool compressed : {false, true}) {
    const TemporaryFolder folder;
    const auto pack = [&](const std::string& bytes) { return compressed ? gzipped(bytes) : bytes; };
    const std::string suffix = compressed ? ".gz" : "";
    folder.write("t10k-images-idx3-ubyte" + suffix, pack(images(2)));
    folder.write("t10k-labels-idx1-ubyte" + suffix, pack(labels(2)));
    const Dataset data = load_dataset("mnist:" + folder.str());
    EXPECT_EQ(data.name, "mnist:" + folder.str());
    EXPECT_EQ(data.size(), 2);
    EXPECT_EQ(data.samples.shape, (Shape{1, 2, 3}));
    EXPECT_THAT(data.samples.values, ElementsAre(250, 251, 252, 253, 254, 255, 0, 1, 2, 3, 4, 5));
    EXPECT_THAT(data.samples.labels, ElementsAre(0, 1));
  }
}

TEST(Mnist, ReadsTwoNamedFilesAndJoinedGzipMembers) {
  const TemporaryFolder folder;
  const std::string whole = images(2);
  const std::string i = folder.write("i", gzipped(whole.substr(0, 10)) + gzipped(whole.substr(10)));
  const std::string l = folder.write("l", labels(2));
  EXPECT_EQ(load_dataset("mnist:" + i + "," + l).size(), 2);
}

TEST(Mnist, RefusesWhatIsWrong) {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& image_bytes, const std::string& label_bytes) {
    return refusal("mnist:" + folder.write("i", image_bytes) + "," + folder.write("l", label_bytes));
  };
  EXPECT_THAT(refusal("mnist:/nowhere"), HasSubstr("/nowhere: no such folder"));
  EXPECT_THAT(refusal("mnist:" + folder.str()),
              AllOf(HasSubstr("has none of the files t10k-images-idx3-ubyte"), HasSubstr("t10k-images-idx3-ubyte.gz")));
  EXPECT_THAT(refusal("mnist:a,b,c"), HasSubstr("IMAGES,LABELS"));
  EXPECT_THAT(with(images(2, 0x801), labels(2)),
              HasSubstr("starts with 0x00000801; an IDX file of images starts with 0x00000803"));
  EXPECT_THAT(with(images(2), images(2)), HasSubstr("an IDX file of labels starts with 0x00000801"));
  EXPECT_THAT(with(images(2).substr(0, 20), labels(2)), HasSubstr("4 bytes of data for 2x2x3"));
  EXPECT_THAT(with(images(2) + "x", labels(2)), HasSubstr("13 bytes of data for 2x2x3"));
  EXPECT_THAT(with("", labels(2)), HasSubstr("0 bytes are no IDX file"));
  EXPECT_THAT(with(images(0), labels(0)), HasSubstr("holds nothing"));
  EXPECT_THAT(with(images(2), labels(3)), HasSubstr("3 labels for 2 images"));
  EXPECT_THAT(with(big_endian(0x803) + std::string(12, '\xff'), labels(2)), HasSubstr("bytes of data for"));
  const std::string packed = gzipped(images(2));
  EXPECT_THAT(with(packed.substr(0, packed.size() / 2), labels(2)), HasSubstr("gzip file is truncated"));
  EXPECT_THAT(with(packed.substr(0, 12) + "garbage", labels(2)), HasSubstr("gzip file is"));
}

TEST(Cifar10, ReadsRecords) {
  const TemporaryFolder folder;
  std::string bytes =
      std::string(1, '\x07') + std::string(1024, '\x01') + std::string(1024, '\x02') + std::string(1024, '\xff');
  bytes += std::string(1, '\x00') + std::string(3072, '\x09');
  const std::string path = folder.write("test_batch.bin", bytes);
  for (const std::string& place : {path, folder.str()}) {
    const Dataset data = load_dataset("cifar10:" + place);
    EXPECT_EQ(data.size(), 2);
    EXPECT_EQ(data.samples.shape, (Shape{3, 32, 32}));
    EXPECT_THAT(data.samples.labels, ElementsAre(7, 0));
    EXPECT_EQ(data.samples.values[1023], 1);
    EXPECT_EQ(data.samples.values[1024], 2);
    EXPECT_EQ(data.samples.values[3071], 255);
    EXPECT_EQ(data.samples.values[3072], 9);
  }
  folder.write("test_batch_2.bin", bytes);
  EXPECT_THAT(refusal("cifar10:" + folder.str()),
              HasSubstr("2 test files (test_batch.bin, test_batch_2.bin); name one"));
}

TEST(Cifar10, RefusesWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal("cifar10:" + folder.str()), HasSubstr("no file test_batch*.bin"));
  EXPECT_THAT(refusal("cifar10:" + folder.write("cut.bin", std::string(3072, ' '))),
              HasSubstr("3072 bytes are no whole number"));
  EXPECT_THAT(refusal("cifar10:" + folder.write("empty.bin", "")), HasSubstr("0 bytes"));
  EXPECT_THAT(refusal("cifar10:" + folder.write("label.bin", std::string(3073, '\x0a'))),
              HasSubstr("record 0 has label 10"));
  EXPECT_THAT(refusal("cifar10:/nowhere.bin"), HasSubstr("/nowhere.bin: no such file"));
}

TEST(NumpyData, ReadsPairsOfFiles) {
  const TemporaryFolder folder;
  const auto x = [&](const Shape& shape) {
    return folder.write("x.npy", npy_bytes<float>(shape, random_values(elements(shape), 0, 1, 1)));
  };
  const std::string y = folder.write("y.npy", npy_bytes<std::int64_t>({2}, std::vector<std::int64_t>{4, 5}));
  const Dataset pictures = load_dataset("npy:" + x({2, 3, 4}) + "," + y);
  EXPECT_EQ(pictures.samples.shape, (Shape{1, 3, 4}));
  EXPECT_THAT(pictures.samples.labels, ElementsAre(4, 5));
  EXPECT_EQ(load_dataset("npy:" + x({2, 12}) + "," + y).samples.shape, (Shape{12}));
  EXPECT_EQ(load_dataset("npy:" + x({2, 3, 2, 2}) + "," + y).samples.shape, (Shape{3, 2, 2}));
  EXPECT_TRUE(load_dataset("npy:" + x({2, 12})).samples.labels.empty());

  EXPECT_THAT(refusal("npy:" + x({3, 12}) + "," + y), HasSubstr("y.npy: 2 labels for 3 samples"));
  EXPECT_THAT(refusal("npy:" + x({2, 12}) + "," + folder.path("x.npy")), HasSubstr("are no labels"));
  EXPECT_THAT(refusal("npy:" + x({12})), HasSubstr("shape 12 is no list of samples"));
  const std::string negative = folder.write("n.npy", npy_bytes<std::int32_t>({2}, std::vector<std::int32_t>{1, -1}));
  EXPECT_THAT(refusal("npy:" + x({2, 12}) + "," + negative), HasSubstr("label -1 is no class number"));
  const std::vector<float> bad = {1, std::numeric_limits<float>::quiet_NaN(), 1, 1};
  EXPECT_THAT(refusal("npy:" + folder.write("bad.npy", npy_bytes<float>({2, 2}, bad))),
              HasSubstr("sample 0 holds nan"));
}

TEST(NumpyData, ReadsArchivesOfRealDigits) {
  if (data_folder().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Dataset npz = load_dataset("npz:" + data_folder() + "/mnist/t10k_first200.npz");
  const Dataset idx = load_dataset("mnist:" + data_folder() + "/mnist");
  ASSERT_EQ(npz.size(), 200);
  const Batch first = take(idx, 0, 200, {});
  EXPECT_EQ(npz.samples.values, first.values);
  EXPECT_EQ(npz.samples.labels, first.labels);
  EXPECT_EQ(npz.samples.shape, first.shape);
}

TEST(LoadDataset, NamesTheKindsOfData) {
  EXPECT_THAT(refusal("mnist"), AllOf(HasSubstr("mnist: data are named mnist:DIR"), HasSubstr("npy:X,Y")));
  EXPECT_THAT(refusal("mnist:"), HasSubstr("data are named"));
  EXPECT_THAT(refusal("minst:/data"),
              AllOf(HasSubstr("unknown kind of data 'minst'"), HasSubstr("did you mean 'mnist'")));
}

TEST(Take, TransformsPerChannel) {
  Dataset data{
      .name = "d",
      .samples = {
          .first = 100, .count = 2, .shape = {2, 1, 2}, .values = {0, 10, 20, 30, 40, 50, 60, 70}, .labels = {1, 2}}};
  const Batch batch = take(data, 1, 1, {.scale = 10, .mean = {1, 2}, .std = {2, 0.5}});
  EXPECT_EQ(batch.first, 101);
  EXPECT_EQ(batch.count, 1);
  EXPECT_THAT(batch.values, ElementsAre(1.5F, 2, 8, 10));
  EXPECT_THAT(batch.labels, ElementsAre(2));
  EXPECT_THAT(take(data, 0, 1, {.mean = {5}, .std = {}}).values, ElementsAre(-5, 5, 15, 25));
  EXPECT_EQ(take(data, 0, 2, {}).values, data.samples.values);

  EXPECT_THAT(input_error([&] { take(data, 0, 3, {}); }), HasSubstr("samples 0 to 2 were asked for, but there are 2"));
  EXPECT_THAT(input_error([&] { take(data, -1, 1, {}); }), HasSubstr("asked for"));
  EXPECT_THAT(input_error([&] {
                take(data, 0, 1, {.mean = {1, 2, 3}, .std = {}});
              }),
              HasSubstr("input mean has 3 values, but the samples of shape 2x1x2 have 2 channels"));
  EXPECT_THAT(input_error([&] { take(data, 0, 1, {.mean = {}, .std = {0.0}}); }), HasSubstr("input std = 0"));
  EXPECT_THAT(input_error([&] { take(data, 0, 1, {.scale = 0.0, .mean = {}, .std = {}}); }),
              HasSubstr("input scale = 0"));
}

TEST(CheckFits, NamesBothShapes) {
  const auto fits = [](const Shape& input, const Shape& data) {
    NetworkBuilder b("net", "test");
    const TensorId x = b.input("x", input);
    const Network n = std::move(b).finish(b.add("relu", Unary{}, {x}));
    check_fits(n, {.name = "mnist:d", .samples = {.count = 0, .shape = data, .values = {}, .labels = {}}});
  };
  EXPECT_NO_THROW(fits({1, 1, 28, 28}, {1, 28, 28}));
  EXPECT_NO_THROW(fits({1, 784}, {1, 28, 28}));
  EXPECT_THAT(input_error([&] {
                fits({1, 3, 32, 32}, {1, 28, 28});
              }),
              HasSubstr("mnist:d: the samples have shape 1x28x28, but network 'net' reads 3x32x32"));
  EXPECT_THAT(input_error([&] { fits({1, 3, 32, 32}, {32, 32, 3}); }), HasSubstr("put the channels first"));
  EXPECT_THAT(input_error([&] { fits({1, 1, 28, 28}, {784}); }), HasSubstr("784"));
}

}  // namespace
}  // namespace cimera::workloads
