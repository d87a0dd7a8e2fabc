// A Program that is damaged anywhere is refused: without one of its tasks, or with a transfer that goes elsewhere,
// comes from elsewhere or moves an element less, some operation starves, and the message names it.
#include <algorithm>
#include <functional>

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
using ops::Program;
using ops::Task;
using ops::Transfer;
using workloads::Network;

/// A network on a machine, to be damaged.
class Subject {
 public:
  Subject(const Network& network, const test::Shape& shape)
      : images_(test::random_batch(network, 1)),
        quantized_(workloads::quantize(network, {.weight_bits = shape.weight_bits, .activation_bits = shape.input_bits},
                                       images_)),
        machine_(shape.machine()),
        mapped_(test::map(network, machine_, test::options_for(quantized_, 1))) {}

  const Program& run() const { return mapped_.run; }
  const Program& load() const { return mapped_.load; }

  /// The message with which these Programs are refused; "" when they run.
  std::string refusal(const Program& run, const Program& load) const {
    try {
      Executor(run, load, machine_, quantized_, &cell_, {}).run(images_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  /// The same with task `t` of one of the Programs changed by `change`, or dropped when that returns false.
  std::string refusal(const Program& program, std::size_t t, const std::function<bool(Task&)>& change) const {
    Program damaged = program;
    if (!change(damaged.tasks[t])) damaged = test::without_task(damaged, t);
    return &program == &mapped_.run ? refusal(damaged, mapped_.load) : refusal(mapped_.run, damaged);
  }

  /// Whether `message` names a task that gets something from task t, or says that the output has not come.
  bool names_starving(const std::string& message, const Program& program, std::size_t t) const {
    if (message.find("the program ends before") != std::string::npos) return true;
    return std::ranges::any_of(program.edges, [&](const ops::Edge& edge) {
      return edge.from.value() == t && message.find("'" + program.task(edge.to).name + "'") != std::string::npos;
    });
  }

 private:
  workloads::Batch images_;
  workloads::QuantizedNetwork quantized_;
  ops::MachineSpec machine_;
  devices::Reram cell_ = test::reram(0.0);
  mapping::Mapped mapped_;
};

/// Ways to damage a transfer.
struct Damage {
  std::string name;
  std::function<void(Transfer&)> apply;
};
const std::vector<Damage>& damages() {
  static const std::vector<Damage> kDamages = {
      {"to another tile", [](Transfer& move) { ++move.to; }},
      {"from another place", [](Transfer& move) { ++move.from; }},
      {"without its first element", [](Transfer& move) { ++move.begin; }},
      {"without its last element", [](Transfer& move) { --move.end; }},
  };
  return kDamages;
}

/// Always true: the task stays.
bool drop_hop(Task& task, std::size_t hop) {
  task.op.path.erase(task.op.path.begin() + static_cast<std::ptrdiff_t>(hop));
  return true;
}

void expect_every_task_matters(const Network& network, const test::Shape& shape) {
  SCOPED_TRACE(network.name + ", " + shape.name);
  const Subject subject(network, shape);
  ASSERT_EQ(subject.refusal(subject.run(), subject.load()), "");
  for (std::size_t t = 0; t < subject.run().tasks.size(); ++t) {
    const Task& task = subject.run().tasks[t];
    SCOPED_TRACE("without '" + task.name + "'");
    const std::string message = subject.refusal(subject.run(), t, [](Task&) { return false; });
    EXPECT_NE(message, "");
    // Sums that come before others are added are refused where they come, before the addition that needs them.
    EXPECT_TRUE(subject.names_starving(message, subject.run(), t) ||
                message.find("earlier ones are not added yet") != std::string::npos)
        << message;
  }
  for (std::size_t t = 0; t < subject.run().tasks.size(); ++t) {
    if (!std::holds_alternative<Transfer>(subject.run().tasks[t].op.work)) continue;
    for (std::size_t hop = 0; hop < subject.run().tasks[t].op.path.size(); ++hop) {
      SCOPED_TRACE("'" + subject.run().tasks[t].name + "' without hop " + std::to_string(hop));
      EXPECT_THAT(subject.refusal(subject.run(), t, [&](Task& task) { return drop_hop(task, hop); }),
                  testing::HasSubstr("'" + subject.run().tasks[t].name + "' moves data "));
    }
    for (const Damage& damage : damages()) {
      SCOPED_TRACE("'" + subject.run().tasks[t].name + "' " + damage.name);
      EXPECT_NE(subject.refusal(subject.run(), t,
                                [&](Task& task) {
                                  damage.apply(std::get<Transfer>(task.op.work));
                                  return true;
                                }),
                "");
    }
  }
  for (std::size_t t = 0; t < subject.load().tasks.size(); ++t) {
    SCOPED_TRACE("loaded without '" + subject.load().tasks[t].name + "'");
    const bool moves = std::holds_alternative<Transfer>(subject.load().tasks[t].op.work);
    for (std::size_t hop = 0; moves && hop < subject.load().tasks[t].op.path.size(); ++hop)
      EXPECT_THAT(subject.refusal(subject.load(), t, [&](Task& task) { return drop_hop(task, hop); }),
                  testing::HasSubstr("'" + subject.load().tasks[t].name + "' moves data "));
    EXPECT_NE(subject.refusal(subject.load(), t, [](Task&) { return false; }), "");
    EXPECT_NE(subject.refusal(subject.load(), t,
                              [](Task& task) {
                                if (auto* move = std::get_if<Transfer>(&task.op.work)) --move->end;
                                else ++std::get<ops::WriteCells>(task.op.work).place;
                                return true;
                              }),
              "");
  }
}

void expect_every_edge_matters(const Network& network, const test::Shape& shape) {
  SCOPED_TRACE(network.name + ", " + shape.name);
  const Subject subject(network, shape);
  std::size_t refused = 0;
  for (const Program* program : {&subject.run(), &subject.load()}) {
    for (std::size_t e = 0; e < program->edges.size(); ++e) {
      const ops::Edge& edge = program->edges[e];
      if (edge.lag > 0) continue;  // holds back the next image; it carries no data
      Program damaged = *program;
      damaged.edges.erase(damaged.edges.begin() + static_cast<std::ptrdiff_t>(e));
      const bool implied = test::reaches(damaged, edge.from, edge.to);
      const std::string message = program == &subject.run() ? subject.refusal(damaged, subject.load())
                                                            : subject.refusal(subject.run(), damaged);
      SCOPED_TRACE("without the edge '" + program->task(edge.from).name + "' -> '" + program->task(edge.to).name + "'");
      EXPECT_EQ(message.empty(), implied) << message;
      if (!message.empty()) {
        EXPECT_THAT(message, testing::HasSubstr("no edges make it wait for"));
        EXPECT_THAT(message, testing::HasSubstr("'" + program->task(edge.to).name + "'"));
      }
      refused += !message.empty();
    }
  }
  EXPECT_GT(refused, 0U);
}

class ProgramMutation : public ::testing::TestWithParam<std::string> {};

TEST_P(ProgramMutation, EveryTaskOfSmallNetworksMatters) {
  for (const Network& network : {test::digits_network(), test::mixed_network(), test::attention_network()})
    expect_every_task_matters(network, test::shape(GetParam()));
}

TEST_P(ProgramMutation, EveryEdgeOfSmallNetworksMatters) {
  for (const Network& network : {test::digits_network(), test::mixed_network()})
    expect_every_edge_matters(network, test::shape(GetParam()));
}

TEST(HostMutation, EveryEdgeMatters) {
  for (const Network& network : {test::digits_network(), test::mixed_network()}) {
    SCOPED_TRACE(network.name);
    const workloads::Batch images = test::random_batch(network, 1);
    const workloads::QuantizedNetwork quantized = workloads::quantize(network, {}, images);
    const mapping::Mapped mapped = test::map(network, test::cpu(), 1);
    for (std::size_t e = 0; e < mapped.run.edges.size(); ++e) {
      const ops::Edge edge = mapped.run.edges[e];
      Program damaged = mapped.run;
      damaged.edges.erase(damaged.edges.begin() + static_cast<std::ptrdiff_t>(e));
      SCOPED_TRACE("without the edge '" + mapped.run.task(edge.from).name + "' -> '" + mapped.run.task(edge.to).name +
                   "'");
      const Executor executor(damaged, mapped.load, test::cpu(), quantized, nullptr, {});
      std::string message;
      try {
        executor.run(images);
      } catch (const Error& error) {
        message = error.what();
      }
      if (test::reaches(damaged, edge.from, edge.to)) EXPECT_EQ(message, "");
      else EXPECT_THAT(message, testing::HasSubstr("no edges make it wait for"));
    }
    EXPECT_FALSE(mapped.run.edges.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ProgramMutation,
                         ::testing::Values("isaac", "one_unit_per_tile", "many_chips", "layered", "reprogrammed"),
                         [](const auto& info) { return info.param; });

struct RealCase {
  std::string file;
  std::vector<std::string> shapes;
};

class RealProgramMutation : public ::testing::TestWithParam<RealCase> {};

TEST_P(RealProgramMutation, EveryTaskMatters) {
  const auto file = test::data_file("models/" + GetParam().file + ".onnx");
  if (!file) GTEST_SKIP() << "CIMERA_DATA is not set";
  for (const std::string& shape : GetParam().shapes)
    expect_every_task_matters(workloads::load_onnx(*file), test::shape(shape));
}

INSTANTIATE_TEST_SUITE_P(Networks, RealProgramMutation,
                         ::testing::Values(RealCase{"mnist-8", {"isaac", "one_array_per_tile"}},
                                           RealCase{"mlperftiny_ic_resnet8", {"isaac", "one_unit_per_tile"}},
                                           RealCase{"cifar10_resnet20", {"isaac"}}),
                         [](const auto& info) {
                           std::string name = info.param.file;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace cimera::functional
