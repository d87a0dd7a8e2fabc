// Programs that do not compute what their network says are refused, not run.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/cases.h"
#include "tests/support/damage.h"
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
      Executor(program, load_, machine_, quantized_, &cell_, {}).run(images);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string refusal(const Program& program) { return refusal(program, images_); }

  Task& task(const std::string& name) { return program_.tasks[test::task_named(program_, name).value()]; }
  /// The first task of this name.
  std::size_t find(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(program_.tasks, name, &Task::name) - program_.tasks.begin());
  }
  /// The Program with task t before all others.
  Program first(std::size_t t) const {
    std::vector<std::size_t> order = test::order(program_);
    std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(t),
                order.begin() + static_cast<std::ptrdiff_t>(t) + 1);
    return test::reordered(program_, order);
  }
  /// The Program in which `count` tasks from t on come twice, edges and all.
  Program repeated(std::size_t t, std::size_t count) const {
    std::vector<std::size_t> order = test::order(program_);
    const std::vector<std::size_t> again(order.begin() + static_cast<std::ptrdiff_t>(t),
                                         order.begin() + static_cast<std::ptrdiff_t>(t + count));
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(t), again.begin(), again.end());
    return test::reordered(program_, order);
  }
  void remove(const std::string& name) {
    program_ = test::without_task(program_, test::task_named(program_, name).value());
  }

  const workloads::Network network_ = make_network();
  const workloads::Batch images_ = test::random_batch(network_, 2);
  const workloads::QuantizedNetwork quantized_ =
      workloads::quantize(network_, {.weight_bits = 16, .activation_bits = 16}, images_);
  const ops::MachineSpec machine_ = test::shape("one_array_per_tile").machine();
  const devices::Reram cell_ = test::reram(0.0);
  Program program_ = test::map(network_, machine_).run;
  Program load_ = test::map(network_, machine_).load;
};

TEST_F(ProgramRefusal, SoundProgramRuns) { EXPECT_EQ(refusal(program_), ""); }

TEST_F(ProgramRefusal, MissingArrays) {
  remove("dense1 products in tile 4");
  EXPECT_THAT(
      refusal(program_),
      HasSubstr("'dense1 partial sums to tile 3' moves sums 16 to 32 of layer 'dense1', which are not in tile 4"));
}

TEST_F(ProgramRefusal, ArraysThatAreReadTwice) {
  std::get<Mvm>(task("dense1 products in tile 4").op.work) = std::get<Mvm>(task("dense1 products in tile 3").op.work);
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 products in tile 4' reads array 3 of layer 'dense1' again"));
}

TEST_F(ProgramRefusal, ArraysThatTheLayerDoesNotHave) {
  std::get<Mvm>(task("dense1 products in tile 4").op.work).last = 10;
  EXPECT_THAT(refusal(program_), HasSubstr("uses arrays 4..10 of layer 'dense1', which has 9"));
  std::get<Mvm>(task("dense1 products in tile 4").op.work).first = -1;
  EXPECT_THAT(refusal(program_), HasSubstr("uses arrays -1..10 of layer 'dense1', which has 9"));
}

TEST_F(ProgramRefusal, PrecisionThatTheNetworkWasNotQuantisedTo) {
  program_ = test::map(network_, machine_, mapping::MapOptions{.weight_bits = 16, .input_bits = 9}).run;
  EXPECT_THAT(refusal(program_), HasSubstr("drives 9 input steps, but the quantised layer 'dense1' has 16"));
  // 5-bit weights take fewer arrays.
  const mapping::Mapped mapped = test::map(network_, machine_, mapping::MapOptions{.weight_bits = 5, .input_bits = 16});
  load_ = mapped.load;
  EXPECT_THAT(refusal(mapped.run),
              HasSubstr("'dense1 cells of tile 1': weights 2048 to 4096 of layer 'dense1' have not come to tile 1"));
}

TEST_F(ProgramRefusal, ProductsBeforeTheirInputs) {
  const auto second = test::task_named(program_, "dense3 products in tile 9").value();
  program_ = first(second);
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense3 products in tile 9' needs elements 0 to 40 of tensor 'relu2', which are not "
                        "in the buffer of tile 9"));
}

TEST_F(ProgramRefusal, ActivationBeforeAllProducts) {
  const auto activation = test::task_named(program_, "dense1 activation in tile 0").value();
  program_ = first(activation);
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense1 activation in tile 0' needs sums 0 to 16 of layer 'dense1', which tile 0 "
                        "does not have"));
}

TEST_F(ProgramRefusal, ElementsThatNobodyMakes) {
  remove("dense1 activation in tile 3");
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense3 input to tile 9' needs elements 16 to 32 of tensor 'relu2', which are not "
                        "in tile 3"));
}

TEST_F(ProgramRefusal, ElementsThatAreMadeTwice) {
  std::get<Digital>(task("dense1 activation in tile 3").op.work).begin = 0;
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 activation in tile 3' needs sums 0 to 16 of layer 'dense1', which "
                                           "tile 3 does not have"));
  program_ = test::map(network_, machine_).run;
  std::vector<std::size_t> again = test::order(program_);
  again.push_back(test::task_named(program_, "dense1 activation in tile 3").value());
  program_ = test::reordered(program_, again);
  EXPECT_THAT(refusal(program_),
              HasSubstr("puts elements 16 to 32 of tensor 'relu2' into tile 3, where some of them are"));
}

TEST_F(ProgramRefusal, ElementsThatATensorDoesNotHave) {
  std::get<Digital>(task("dense1 activation in tile 6").op.work).end = 41;
  EXPECT_THAT(refusal(program_), HasSubstr("makes elements 32 to 41 of layer 'relu2', which has 40"));
  program_ = test::map(network_, machine_).run;
  for (Task& t : program_.tasks)
    if (auto* move = std::get_if<ops::Transfer>(&t.op.work)) move->end = 1'000'000;
  EXPECT_THAT(refusal(program_), HasSubstr("moves elements 0 to 1000000, which tensor 'x' does not have"));
}

TEST_F(ProgramRefusal, LayersThatTheNetworkDoesNotHave) {
  std::get<Digital>(task("dense1 activation in tile 6").op.work).layer = 77;
  EXPECT_THAT(refusal(program_), HasSubstr("there is no layer 77"));
}

TEST_F(ProgramRefusal, InputsThatComeTwice) {
  program_ = repeated(find("dense3 input to tile 9"), 1);
  EXPECT_THAT(refusal(program_), HasSubstr("'dense3 input to tile 9' puts elements 0 to 16 of tensor 'relu2' into tile "
                                           "9, where some of them are already"));
}

TEST_F(ProgramRefusal, RowsThatAreAddedTwice) {
  program_ = repeated(find("dense1 partial sums to tile 3"), 2);  // the way there, and the addition
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense1 partial sums added in tile 3' adds sums 16 to 32 of layer 'dense1' in "
                        "tile 3, which have the products of these rows already"));
}

TEST_F(ProgramRefusal, SumsThatAreNotAddedBeforeOthersCome) {
  program_ = test::without_task(program_, find("dense1 partial sums added in tile 3"));
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense1 partial sums to tile 3' brings sums 16 to 32 of layer 'dense1' to tile "
                        "3, where earlier ones are not added yet"));
}

TEST_F(ProgramRefusal, SumsThatLackRows) {
  const std::size_t last = find("dense1 activation in tile 3") - 1;
  ASSERT_EQ(program_.tasks[last].name, "dense1 partial sums added in tile 3");
  program_ = test::without_task(program_, last);
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 activation in tile 3' needs sums 16 to 32 of layer 'dense1' whole, "
                                           "but in tile 3 they lack the row blocks 2 to 3"));
}

TEST_F(ProgramRefusal, CellsThatAreWrittenTwiceOrElsewhere) {
  const auto cells = test::task_named(load_, "dense1 cells of tile 4").value();
  auto& work = std::get<ops::WriteCells>(load_.tasks[cells].op.work);
  work.place = 5;
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 cells of tile 4': weights"));
  std::get<ops::Transfer>(load_.tasks[cells - 1].op.work).to = 5;
  load_.tasks[cells - 1].op.path = load_.task(test::task_named(load_, "dense1 weights to tile 5")).op.path;
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 cells of tile 5' writes more arrays into tile 5 than its 1 units "
                                           "have, beside what they hold"));
  load_ = test::without_task(test::map(network_, machine_).load, cells);
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense1 products in tile 4' reads array 4 of layer 'dense1' in tile 4, where "
                        "its cells were not written"));
  load_ = test::map(network_, machine_).load;
  std::vector<std::size_t> again = test::order(load_);
  again.push_back(cells);
  load_ = test::reordered(load_, again);
  EXPECT_THAT(refusal(program_), HasSubstr("writes array 4 of layer 'dense1' again; it lies in tile 4"));
}

TEST_F(ProgramRefusal, EmptyProgram) {
  program_ = test::reordered(program_, {});
  EXPECT_THAT(refusal(program_), HasSubstr("ends before elements 0 to 30 of its output 'dense3' are in host memory"));
}

TEST_F(ProgramRefusal, ImagesOfAnotherShape) {
  workloads::Batch images = images_;
  images.values.pop_back();
  EXPECT_THAT(refusal(program_, images), HasSubstr("599 values for 2 samples of 1x300"));
}

TEST_F(ProgramRefusal, CrossbarWithoutACell) {
  EXPECT_THROW(Executor(program_, load_, machine_, quantized_, nullptr, {}), Error);
}

TEST_F(ProgramRefusal, ReadersThatDoNotWait) {
  program_ = test::without_edge(program_, "dense1 activation in tile 3", "dense3 input to tile 9");
  EXPECT_THAT(refusal(program_), HasSubstr("'dense3 input to tile 9' reads elements 16 to 32 of tensor 'relu2' in tile "
                                           "3, but no edges make it wait for 'dense1 activation in tile 3'"));
  program_ = test::map(network_, machine_).run;
  program_ = test::without_edge(program_, "dense1 products in tile 4", "dense1 partial sums to tile 3");
  EXPECT_THAT(refusal(program_), HasSubstr("'dense1 partial sums to tile 3' reads sums 16 to 32 of layer 'dense1' in "
                                           "tile 4, but no edges make it wait for 'dense1 products in tile 4'"));
  program_ = test::map(network_, machine_).run;
  load_ = test::without_edge(load_, "dense1 weights to tile 4", "dense1 cells of tile 4");
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense1 cells of tile 4' writes weights of layer 'dense1', but no edges make "
                        "it wait for 'dense1 weights to tile 4'"));
}

TEST_F(ProgramRefusal, TransfersWithoutAWay) {
  std::vector<ops::Hop>& path = program_.tasks[find("dense3 input to tile 9")].op.path;
  const std::vector<ops::Hop> whole = path;
  ASSERT_GE(whole.size(), 3U);
  path.erase(path.begin());
  EXPECT_THAT(refusal(program_), HasSubstr("'dense3 input to tile 9' moves data from tile 0 to buffer of tile 9, but"));
  path = {whole.back()};
  EXPECT_THAT(refusal(program_), HasSubstr("its path begins with 'chip0.tile9.write', which takes nothing from there"));
  path = whole;
  path.pop_back();
  EXPECT_THAT(refusal(program_), HasSubstr("which does not lead there"));
  path.clear();
  EXPECT_THAT(refusal(program_), HasSubstr("'dense3 input to tile 9' moves data without a way"));
}

TEST_F(ProgramRefusal, DataThatMoveInTooFewBits) {
  auto& sums = std::get<ops::Transfer>(program_.tasks[find("dense1 partial sums to tile 3")].op.work);
  const std::int64_t bits = sums.element_bits;
  for (const std::int64_t wrong : {bits - 1, bits + 1}) {
    sums.element_bits = wrong;
    EXPECT_THAT(refusal(program_),
                HasSubstr("'dense1 partial sums to tile 3' moves partial sums of layer 'dense1' in " +
                          std::to_string(wrong) + " bits, but they have " + std::to_string(bits)));
  }
  sums.element_bits = bits;
  std::get<ops::Transfer>(program_.tasks[find("dense3 input to tile 9")].op.work).element_bits = 15;
  EXPECT_THAT(refusal(program_),
              HasSubstr("'dense3 input to tile 9' moves inputs of layer 'dense3' in 15 bits, but their codes have 16"));
}

TEST_F(ProgramRefusal, EdgesOfAnotherImage) {
  for (ops::Edge& edge : program_.edges) edge.lag = 1;
  EXPECT_THAT(refusal(program_), HasSubstr("no edges make it wait for"));
}

}  // namespace
}  // namespace cimera::functional
