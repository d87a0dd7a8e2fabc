// Wrong input, end to end: exit code 2, one clear message, nothing written.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "core/resources.h"
#include "tests/apps/program.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/data/npy.h"

namespace cimera::apps {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Refusal : public ProgramTest {
 protected:
  /// The default network, for tests to spoil.
  static onnx::ModelProto digits_model() {
    onnx::ModelProto model;
    EXPECT_TRUE(model.ParseFromString(read_whole(resource("workloads/catalog/digits_cnn.onnx"))));
    return model;
  }
};

TEST_F(Refusal, UnknownKey) {
  changed_machine("isaac", "\nschedule:", "\nschedul:");
  EXPECT_THAT(
      refusal({"compare", "--machines", "isaac.yaml"}),
      AllOf(StartsWith("isaac.yaml:"), HasSubstr("unknown key 'schedul'"), HasSubstr("did you mean 'schedule'?")));
}

TEST_F(Refusal, WrongUnit) {
  changed_machine("isaac", "array_read: 100 ns @", "array_read: 100 V @");
  EXPECT_THAT(
      refusal({"compare", "--machines", "isaac.yaml"}),
      AllOf(StartsWith("isaac.yaml:"), HasSubstr("array_read = 100 V: expected a time (ns, us), got a voltage")));
}

TEST_F(Refusal, MissingEnergyOfAComponent) {
  changed_machine("isaac", "events: [adc_conversions],\n     full_rate: 10.24 GHz @ full_use",
                  "events: [adc_conversions]");
  EXPECT_THAT(refusal({"compare", "--machines", "isaac.yaml"}),
              AllOf(StartsWith("isaac.yaml:"), HasSubstr("'components.adc': the energy of an event is missing")));
}

TEST_F(Refusal, MissingComponentForSomethingThatIsCounted) {
  changed_machine("isaac", "events: [adc_conversions]", "events: [row_drives]");
  EXPECT_THAT(refusal({"compare", "--machines", "isaac.yaml"}),
              HasSubstr("counts adc_conversions but none of its components is charged for them"));
}

TEST_F(Refusal, TruncatedNetwork) {
  const std::string whole = read_whole(resource("workloads/catalog/digits_cnn.onnx"));
  write("cut.onnx", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refusal({"compare", "--network", "cut.onnx"}), AllOf(StartsWith("cut.onnx: "), HasSubstr("truncated")));
}

TEST_F(Refusal, EmptyNetwork) {
  write("empty.onnx", "");
  EXPECT_EQ(refusal({"compare", "--network", "empty.onnx"}), "empty.onnx: the file is empty");
}

TEST_F(Refusal, WeightThatIsNotANumber) {
  onnx::ModelProto model = digits_model();
  std::string& raw = *model.mutable_graph()->mutable_initializer(0)->mutable_raw_data();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  ASSERT_GE(raw.size(), sizeof nan);
  raw.replace(0, sizeof nan, reinterpret_cast<const char*>(&nan), sizeof nan);
  write("nan.onnx", model.SerializeAsString());
  EXPECT_THAT(refusal({"compare", "--network", "nan.onnx"}),
              AllOf(StartsWith("nan.onnx"), HasSubstr(model.graph().initializer(0).name()), HasSubstr("finite")));
}

TEST_F(Refusal, UnsupportedOperator) {
  workloads::ModelWriter model;
  model.input("x", {-1, 1, 28, 28}).output("y", 4);
  model.node("Selu", {"x"}, "y");
  write("selu.onnx", model.bytes());
  EXPECT_THAT(refusal({"compare", "--network", "selu.onnx"}),
              AllOf(StartsWith("selu.onnx"), HasSubstr("y_node"), HasSubstr("Selu")));
}

TEST_F(Refusal, DataOfTheWrongShape) {
  const std::vector<float> values(3 * 32 * 32);
  workloads::save_npy<float>((folder_ / "x.npy").string(), {1, 3, 32, 32}, values);
  EXPECT_THAT(refusal({"compare", "--data", "npy:x.npy"}), AllOf(HasSubstr("3x32x32"), HasSubstr("1x28x28")));
}

TEST_F(Refusal, LabelThatTheNetworkCannotGive) {
  const std::vector<float> values(2 * 28 * 28);
  const std::vector<std::int64_t> labels{3, 10};
  workloads::save_npy<float>((folder_ / "x.npy").string(), {2, 1, 28, 28}, values);
  workloads::save_npy<std::int64_t>((folder_ / "y.npy").string(), {2}, labels);
  EXPECT_THAT(refusal({"compare", "--data", "npy:x.npy,y.npy"}),
              HasSubstr("sample 1 has the label 10, but the network 'digits_cnn' has 10 outputs"));
}

TEST_F(Refusal, MissingFiles) {
  EXPECT_EQ(refusal({"compare", "--network", "none.onnx"}), "none.onnx: no such file");
  EXPECT_EQ(refusal({"compare", "--machines", "none.yaml"}), "none.yaml: no such file");
  EXPECT_THAT(refusal({"compare", "--data", "npz:none.npz"}), StartsWith("none.npz: "));
  EXPECT_THAT(refusal({"compare", "--calibrate", "npz:none.npz:10"}), StartsWith("none.npz: "));
}

TEST_F(Refusal, UnknownNames) {
  EXPECT_EQ(refusal({"compare", "--machines", "isac"}),
            "unknown machine 'isac'; did you mean 'isaac'? Machines: cpu_ddr4, isaac, jia_jssc_2020, reram_128x128, "
            "wan_nature_2022.");
  EXPECT_THAT(refusal({"compare", "--network", "digits"}),
              StartsWith("unknown network 'digits'; did you mean 'digits_cnn'?"));
  EXPECT_EQ(refusal({"compare", "--baseline", "isac"}),
            "--baseline: 'isac' is not one of the machines that are compared: isaac, cpu_ddr4; did you mean 'isaac'?");
  EXPECT_EQ(refusal({"compare", "--machines", "isaac", "--baseline", "cpu_ddr4"}),
            "--baseline: 'cpu_ddr4' is not one of the machines that are compared: isaac");
  EXPECT_THAT(refusal({"compare", "--fidelity", "timin"}),
              StartsWith("--fidelity: unknown fidelity 'timin'; did you mean 'timing'?"));
  EXPECT_THAT(refusal({"compare", "--calibration", "ms"}), HasSubstr("did you mean 'mse'?"));
  EXPECT_THAT(refusal({"compar"}), StartsWith("unknown command 'compar'; did you mean 'compare'?"));
  EXPECT_THAT(refusal({"describe", "machine", "isac"}), StartsWith("unknown machine 'isac'; did you mean 'isaac'?"));
  EXPECT_THAT(refusal({"describe", "device", "reram_isac"}), HasSubstr("did you mean 'reram_isaac'?"));
  EXPECT_EQ(refusal({"describe", "device", "isaac"}),
            "'isaac' is no device but a machine: cimera describe machine isaac");
  EXPECT_EQ(refusal({"describe", "machine", "seed"}),
            "'seed' is no machine but an option: cimera describe option seed");
  EXPECT_THAT(refusal({"describe", "option", "digits_cnn"}), EndsWith("cimera describe network digits_cnn"));
  EXPECT_THAT(refusal({"describe", "network", "reram_isaac"}), EndsWith("cimera describe device reram_isaac"));
  EXPECT_THAT(refusal({"describe", "machin", "isaac"}), HasSubstr("did you mean 'machine'?"));
  EXPECT_THAT(refusal({"describe", "option", "seeed"}), HasSubstr("did you mean 'seed'?"));
  EXPECT_THAT(refusal({"list", "machine"}), HasSubstr("did you mean 'machines'?"));
}

TEST_F(Refusal, UnknownOption) {
  EXPECT_THAT(refusal({"compare", "--machnes", "isaac"}),
              StartsWith("compare: unknown option '--machnes'; did you mean '--machines'? Options: --network, "));
  EXPECT_THAT(refusal({"compare", "-m", "isaac"}), StartsWith("compare: unknown option '-m'"));
  EXPECT_THAT(refusal({"run", "--machines", "isaac"}), HasSubstr("did you mean '--machine'?"));
}

TEST_F(Refusal, OptionsThatDoNotFit) {
  EXPECT_EQ(refusal({"compare", "--bits", "8"}),
            "--bits: 8: expected two numbers, of weights and of activations, such as 8,8");
  EXPECT_EQ(refusal({"compare", "--bits", "8,17"}), "--bits: 17: must be 1 to 16");
  EXPECT_EQ(refusal({"compare", "--batch", "1,x"}), "--batch: 'x': expected a whole number");
  EXPECT_EQ(refusal({"compare", "--batch", "0"}), "--batch: 0: must be at least 1");
  EXPECT_EQ(refusal({"compare", "--machines", "isaac,,cpu_ddr4"}),
            "--machines: 'isaac,,cpu_ddr4': an entry of the list is empty");
  EXPECT_EQ(refusal({"compare", "--machines", "isaac,isaac"}), "--machines: machine 'isaac' is named twice");
  EXPECT_EQ(refusal({"compare", "--json=yes"}), "--json: takes no value");
  EXPECT_EQ(refusal({"run", "--machine"}), "--machine: needs a value: M");
  EXPECT_EQ(refusal({"compare", "--seed", "1", "--seed", "2"}), "--seed: is given twice");
  EXPECT_EQ(refusal({"compare", "--input-std", "1,0"}), "--input-std: 1,0: a standard deviation cannot be 0");
  EXPECT_EQ(refusal({"compare", "--threads", "0"}), "--threads: 0: must be at least 1");
  EXPECT_EQ(refusal({"compare", "digits"}), "compare: unexpected argument 'digits'; it takes options only");
  EXPECT_THAT(refusal({"describe", "machine"}),
              StartsWith("describe: needs machine|device|converter|network|option NAME"));
}

TEST_F(Refusal, OverridesThatDoNotFit) {
  EXPECT_THAT(refusal({"compare", "--set", "isaac:cell.sigma_progam=0.1"}), HasSubstr("did you mean 'sigma_program'?"));
  EXPECT_THAT(refusal({"compare", "--set", "cell.sigma_program=2"}), AllOf(StartsWith("--set: "), HasSubstr("0 .. 1")));
  EXPECT_THAT(refusal({"compare", "--set", "isaac:cell.sigma_program=10"}), EndsWith("did you mean '10 %'?"));
  EXPECT_THAT(refusal({"compare", "--set", "isaac:pipeline.array_read=1 V"}), HasSubstr("got a voltage"));
  EXPECT_THAT(refusal({"compare", "--set", "array_read=50 ns"}),
              HasSubstr("did you mean 'isaac:pipeline.array_read'?"));
  EXPECT_THAT(refusal({"compare", "--set", "isaac:cell.r_on=3 MOhm"}),
              AllOf(StartsWith("--set r_on=3 MOhm: "), HasSubstr("r_off"), HasSubstr("reram_isaac.yaml:")));
  EXPECT_THAT(refusal({"compare", "--set", "cores.cout=2"}), HasSubstr("did you mean 'cores.count'?"));
}

TEST_F(Refusal, OutputsThatOverflow) {
  workloads::ModelWriter model;
  model.input("x", {-1, 2}).output("y", 2).floats("w", {2, 1}, {3e38F, 0.0F});
  model.node("MatMul", {"x", "w"}, "y");
  write("big.onnx", model.bytes());
  const std::vector<float> values{1, 1, 10, 1};
  workloads::save_npy<float>((folder_ / "x.npy").string(), {2, 2}, values);
  EXPECT_EQ(refusal({"compare", "--network", "big.onnx", "--data", "npy:x.npy"}),
            "npy:x.npy: the FP32 output of network 'big' for sample 1 is not finite; do the data need --input-scale?");
}

TEST_F(Refusal, MoreSamplesThanThereAre) {
  const std::vector<float> values(2 * 28 * 28);
  workloads::save_npy<float>((folder_ / "x.npy").string(), {2, 1, 28, 28}, values);
  EXPECT_EQ(refusal({"compare", "--data", "npy:x.npy", "--samples", "3"}), "--samples: 3 wanted, but npy:x.npy has 2");
}

TEST_F(Refusal, NetworkThatDoesNotFitNamesTheChips) {
  EXPECT_THAT(
      refusal({"compare", "--machines", "isaac", "--set", "organisation.tiles_x=1", "--set", "organisation.tiles_y=1",
               "--set", "organisation.tiles_per_router=1", "--set", "organisation.imas_per_tile=1", "--set",
               "organisation.arrays_per_ima=1", "--set", "organisation.adcs_per_ima=1"}),
      AllOf(HasSubstr("chips"), HasSubstr("8")));
}

TEST_F(Refusal, CellsThatCannotDoWhatIsAskedOfThem) {
  EXPECT_THAT(refusal({"compare", "--set", "precision.cell_bits=4", "--set", "precision.adc_bits=10"}),
              HasSubstr("cell 'reram_isaac' has 4 levels, but machine 'isaac' stores 16 in a cell"));
  EXPECT_THAT(refusal({"compare", "--set", "cell.sigma_program=unknown"}), HasSubstr("sigma_program"));
}

TEST_F(Refusal, OutIsAFile) {
  write("occupied", "");
  const Ran ran = run({"compare", "--out", "occupied"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "cimera: --out: occupied: this is a file; a folder is needed\n");
}

}  // namespace
}  // namespace cimera::apps
