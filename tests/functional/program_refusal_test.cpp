// Programs that do not compute what their network says are refused, not run.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::functional {
namespace {

using ops::Digital;
using ops::Mvm;
using ops::Program;
using ops::Task;
using testing::HasSubstr;

/// A sound Program of two dense layers that each spread over several tiles, to be damaged.
class ProgramRefusal : public ::testing::Test {
 protected:
  static workloads::Network make_network() {
    test::Sketch s({1, 300});
    return s.finish(s.dense(s.relu(s.dense(s.x, 40)), 30));
  }

  /// The message with which `program` is refused; "" when it runs.
  std::string refusal(const Program& program, const workloads::Batch& images) {
    try {
      Executor(program, machine_, quantized_, &cell_, {}).run(images);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string refusal(const Program& program) { return refusal(program, images_); }

  Task& task(const std::string& name) { return program_.tasks[test::task_named(program_, name).value()]; }
  void remove(const std::string& name) {
    program_.tasks.erase(program_.tasks.begin() + test::task_named(program_, name).value());
  }

  const workloads::Network network_ = make_network();
  const workloads::Batch images_ = test::random_batch(network_, 2);
  const workloads::QuantizedNetwork quantized_ =
      workloads::quantize(network_, {.weight_bits = 16, .activation_bits = 16}, images_);
  const ops::MachineSpec machine_ = test::shape("one_array_per_tile").machine();
  const devices::Reram cell_ = test::reram(0.0);
  Program program_ = test::map(network_, machine_).run;
};

TEST_F(ProgramRefusal, SoundProgramRuns) { EXPECT_EQ(refusal(program_), ""); }

TEST_F(ProgramRefusal, MissingArrays) {
  remove("dense1 products in tile 4");
  EXPECT_THAT(refusal(program_), HasSubstr("layer 'dense1' is read after 8 of its 9 arrays"));
}

TEST_F(ProgramRefusal, ArraysThatAreReadTwice) {
  std::get<Mvm>(task("dense1 products in tile 4").op.work) = std::get<Mvm>(task("dense1 products in tile 3").op.work);
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 products in tile 4' reads array 3 of layer 'dense1' again"));
}

TEST_F(ProgramRefusal, ArraysThatTheLayerDoesNotHave) {
  std::get<Mvm>(task("dense1 products in tile 4").op.work).last = 10;
  EXPECT_THAT(refusal(program_), HasSubstr("reads arrays 4..10 of layer 'dense1', which has 9"));
  std::get<Mvm>(task("dense1 products in tile 4").op.work).first = -1;
  EXPECT_THAT(refusal(program_), HasSubstr("reads arrays -1..10 of layer 'dense1', which has 9"));
}

TEST_F(ProgramRefusal, PrecisionThatTheNetworkWasNotQuantisedTo) {
  program_ = test::map(network_, machine_, mapping::MapOptions{.weight_bits = 16, .input_bits = 9}).run;
  EXPECT_THAT(refusal(program_), HasSubstr("drives 9 input steps, but the quantised layer 'dense1' has 16"));
  // 5-bit weights take fewer arrays.
  program_ = test::map(network_, machine_, mapping::MapOptions{.weight_bits = 5, .input_bits = 16}).run;
  EXPECT_THAT(refusal(program_), HasSubstr("layer 'dense1' is read after 3 of its 9 arrays"));
}

TEST_F(ProgramRefusal, ProductsBeforeTheirInputs) {
  const auto second = test::task_named(program_, "dense3 products in tile 9").value();
  std::rotate(program_.tasks.begin(), program_.tasks.begin() + second, program_.tasks.begin() + second + 1);
  EXPECT_THAT(refusal(program_), HasSubstr("reads tensor 'relu2' before it computes it"));
}

TEST_F(ProgramRefusal, ActivationBeforeAllProducts) {
  const auto activation = test::task_named(program_, "dense1 activation in tile 0").value();
  std::rotate(program_.tasks.begin(), program_.tasks.begin() + activation, program_.tasks.begin() + activation + 1);
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1' is read after 0 of its 9 arrays"));
}

TEST_F(ProgramRefusal, ElementsThatNobodyMakes) {
  remove("dense1 activation in tile 3");
  EXPECT_THAT(refusal(program_), HasSubstr("tensor 'relu2' is read after 24 of its 40 elements"));
}

TEST_F(ProgramRefusal, ElementsThatAreMadeTwice) {
  std::get<Digital>(task("dense1 activation in tile 3").op.work).begin = 0;
  EXPECT_THAT(refusal(program_), HasSubstr("tensor 'relu2' is read after 56 of its 40 elements"));
}

TEST_F(ProgramRefusal, ElementsThatATensorDoesNotHave) {
  std::get<Digital>(task("dense1 activation in tile 6").op.work).end = 41;
  EXPECT_THAT(refusal(program_), HasSubstr("layer 'relu2' has no element 40"));
  program_ = test::map(network_, machine_).run;
  for (Task& t : program_.tasks)
    if (auto* move = std::get_if<ops::Transfer>(&t.op.work)) move->end = 1'000'000;
  EXPECT_THAT(refusal(program_), HasSubstr("moves elements that tensor 'x' does not have"));
}

TEST_F(ProgramRefusal, LayersThatTheNetworkDoesNotHave) {
  std::get<Digital>(task("dense1 activation in tile 6").op.work).layer = 77;
  EXPECT_THAT(refusal(program_), HasSubstr("there is no layer 77"));
}

TEST_F(ProgramRefusal, EmptyProgram) {
  program_.tasks.clear();
  EXPECT_THAT(refusal(program_), HasSubstr("reads tensor 'dense3' before it computes it"));
}

TEST_F(ProgramRefusal, ImagesOfAnotherShape) {
  workloads::Batch images = images_;
  images.values.pop_back();
  EXPECT_THAT(refusal(program_, images), HasSubstr("599 values for 2 samples of 1x300"));
}

TEST_F(ProgramRefusal, CrossbarWithoutACell) {
  EXPECT_THROW(Executor(program_, machine_, quantized_, nullptr, {}), Error);
}

}  // namespace
}  // namespace cimera::functional
