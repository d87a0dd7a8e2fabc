// The memory channel as a TLM-2.0 target: annotated delays, bandwidth, what it refuses, two initiators; and the memory
// unit of a Program on top of it.

#include "models/timing/memory.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "models/cost/evaluate.h"
#include "models/timing/sc_duration.h"
#include "tests/ops/compare.h"
#include "tests/ops/sketch.h"
#include "tests/timing/play.h"

namespace cimera::timing {
namespace {

using sc_core::sc_time;

constexpr std::int64_t kNs = 1'000'000;  ///< fs

sc_time ns(std::int64_t n) { return to_sc(Duration::fs(n * kNs)); }
std::int64_t to_ns(const sc_time& t) { return from_sc(t).fs() / kNs; }

/// Stands between initiators and the channel, and checks what the base protocol asks of both sides of a b_transport.
struct Checker : sc_core::sc_module {
  tlm_utils::multi_passthrough_target_socket<Checker> in{"in"};
  tlm_utils::simple_initiator_socket<Checker> out{"out"};

  explicit Checker(sc_core::sc_module_name name) : sc_module(name) {
    in.register_b_transport(this, &Checker::b_transport);
  }

  void b_transport(int, tlm::tlm_generic_payload& t, sc_time& delay) {
    EXPECT_EQ(t.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE) << "the initiator sets it";
    EXPECT_FALSE(t.is_dmi_allowed()) << "the initiator clears it";
    const tlm::tlm_command command = t.get_command();
    const auto address = t.get_address();
    unsigned char* const data = t.get_data_ptr();
    const unsigned length = t.get_data_length();
    const sc_time before = delay;
    out->b_transport(t, delay);
    EXPECT_NE(t.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE) << "the target sets it";
    EXPECT_EQ(t.get_command(), command);
    EXPECT_EQ(t.get_address(), address);
    EXPECT_EQ(t.get_data_ptr(), data);
    EXPECT_EQ(t.get_data_length(), length);
    EXPECT_GE(delay, before) << "time does not run back";
    ++calls;
  }

  int calls = 0;
};

/// Runs a script in a thread of its own.
struct Initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};

  SC_HAS_PROCESS(Initiator);
  Initiator(sc_core::sc_module_name name, std::function<void(Initiator&)> script)
      : sc_module(name), script_(std::move(script)) {
    SC_THREAD(run);
  }

  /// One transaction of `length` bytes, annotated with `delay`; its response.
  tlm::tlm_response_status access(tlm::tlm_command command, unsigned length, sc_time& delay) {
    tlm::tlm_generic_payload t;
    t.set_command(command);
    t.set_data_ptr(data.data());
    t.set_data_length(length);
    t.set_streaming_width(streaming_width == 0 ? length : streaming_width);
    t.set_byte_enable_ptr(byte_enables);
    t.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(t, delay);
    return t.get_response_status();
  }

  std::array<unsigned char, 4096> data{};
  unsigned streaming_width = 0;  ///< 0: as long as the data
  unsigned char* byte_enables = nullptr;

 private:
  void run() { script_(*this); }

  std::function<void(Initiator&)> script_;
};

/// A channel of 64-byte bursts, one every 10 ns, and initiators that share it.
struct Bench {
  std::vector<std::unique_ptr<Initiator>> initiators;
  Checker checker{"checker"};
  MemoryChannel channel{"channel", Duration::fs(10 * kNs), 64};

  Bench() { checker.out.bind(channel.socket); }

  void add(std::function<void(Initiator&)> script) {
    initiators.push_back(std::make_unique<Initiator>(sc_core::sc_gen_unique_name("initiator"), std::move(script)));
    initiators.back()->socket.bind(checker.in);
  }
};

/// As the timing reading does; before the first time is made.
void use_femtoseconds() { sc_core::sc_set_time_resolution(1, sc_core::SC_FS); }

TEST(MemoryChannel, AddsItsTimeToTheAnnotatedDelay) {
  use_femtoseconds();
  Bench bench;
  bench.add([](Initiator& self) {
    sc_time delay = sc_core::SC_ZERO_TIME;
    EXPECT_EQ(self.access(tlm::TLM_READ_COMMAND, 64, delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(to_ns(delay), 10) << "one burst";
    EXPECT_EQ(self.access(tlm::TLM_WRITE_COMMAND, 65, delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(to_ns(delay), 30) << "back to back, and a part of a burst takes a whole one";
    delay = ns(100);
    EXPECT_EQ(self.access(tlm::TLM_READ_COMMAND, 128, delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(to_ns(delay), 120) << "the channel was idle from 30 to 100";
    delay = ns(110);
    self.access(tlm::TLM_READ_COMMAND, 1, delay);
    EXPECT_EQ(to_ns(delay), 130) << "it was busy until 120";
    sc_core::wait(ns(125));
    delay = sc_core::SC_ZERO_TIME;
    self.access(tlm::TLM_READ_COMMAND, 64, delay);
    EXPECT_EQ(to_ns(delay), 15) << "at 125 it is busy until 130";
  });
  sc_core::sc_start();
  EXPECT_EQ(bench.checker.calls, 5);
}

TEST(MemoryChannel, StreamsAtItsBandwidth) {
  use_femtoseconds();
  Bench bench;
  bench.add([](Initiator& self) {
    sc_time delay = sc_core::SC_ZERO_TIME;
    for (int i = 0; i < 1000; ++i) self.access(tlm::TLM_READ_COMMAND, 4096, delay);
    EXPECT_EQ(to_ns(delay), 1000 * (4096 / 64) * 10);
  });
  sc_core::sc_start();
}

TEST(MemoryChannel, TwoInitiatorsShareTheBandwidth) {
  use_femtoseconds();
  Bench bench;
  std::vector<std::int64_t> ends;
  for (int i = 0; i < 2; ++i)
    bench.add([&ends](Initiator& self) {
      for (int n = 0; n < 50; ++n) {
        sc_time delay = sc_core::SC_ZERO_TIME;
        self.access(tlm::TLM_READ_COMMAND, 128, delay);
        sc_core::wait(delay);
      }
      ends.push_back(to_ns(sc_core::sc_time_stamp()));
    });
  sc_core::sc_start();
  EXPECT_EQ(ends, (std::vector<std::int64_t>{1980, 2000})) << "100 accesses of 20 ns in turn";
}

TEST(MemoryChannel, RefusesWhatItCannotDo) {
  use_femtoseconds();
  Bench bench;
  bench.add([](Initiator& self) {
    sc_time delay = ns(7);
    EXPECT_EQ(self.access(tlm::TLM_READ_COMMAND, 0, delay), tlm::TLM_BURST_ERROR_RESPONSE);
    self.streaming_width = 32;
    EXPECT_EQ(self.access(tlm::TLM_READ_COMMAND, 64, delay), tlm::TLM_BURST_ERROR_RESPONSE);
    self.streaming_width = 0;
    unsigned char enable = TLM_BYTE_ENABLED;
    self.byte_enables = &enable;
    EXPECT_EQ(self.access(tlm::TLM_WRITE_COMMAND, 64, delay), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    self.byte_enables = nullptr;
    EXPECT_EQ(self.access(tlm::TLM_IGNORE_COMMAND, 64, delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(to_ns(delay), 7) << "none of these takes time";
    self.access(tlm::TLM_READ_COMMAND, 64, delay);
    EXPECT_EQ(to_ns(delay), 17);
  });
  sc_core::sc_start();
}

TEST(MemoryChannel, TouchesNoDataAndOffersNoShortCut) {
  use_femtoseconds();
  Bench bench;
  bench.add([&bench](Initiator& self) {
    self.data.fill(0x5a);
    sc_time delay = sc_core::SC_ZERO_TIME;
    self.access(tlm::TLM_READ_COMMAND, 4096, delay);
    for (const unsigned char byte : self.data) ASSERT_EQ(byte, 0x5a);
    tlm::tlm_generic_payload t;
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(bench.checker.out->get_direct_mem_ptr(t, dmi));
    EXPECT_EQ(bench.checker.out->transport_dbg(t), 0u);
  });
  sc_core::sc_start();
}

constexpr std::int64_t kBeat = 915'000;  ///< fs

/// A task that reads a memory into a buffer, and one that writes it, on one channel of `burst_bytes`.
ops::Program memory_program(std::int64_t burst_bytes) {
  ops::Sketch s;
  const ops::UnitId memory = s.unit("memory", Duration::fs(kBeat), Duration::fs(95 * kNs), ops::UnitKind::kMemory);
  const ops::UnitId buffer = s.unit("buffer", Duration::fs(kNs), {}, ops::UnitKind::kBuffer);
  s.program.units[0].beat_bits = 8 * burst_bytes;
  const ops::Transfer work{.end = 1'000'000, .element_bits = 8};
  s.task("in", {{memory, 5000, 1}, {buffer, 10}}, 3, 1, work);
  s.at(s.task("out", {{buffer, 10}, {memory, 7001, 1}}, 3, 1, work)).op.items = 2;
  return s.program;
}

TEST(MemoryUnit, TakesItsBeatsWhateverTheBurst) {
  // 65,536 bytes, the longest transaction, are no whole number of bursts of 96 bytes, and less than one of 100,000.
  for (const std::int64_t burst : {1, 64, 96, 100'000}) {
    SCOPED_TRACE(burst);
    const ops::Program both = memory_program(burst);
    for (const ops::Task& task : both.tasks) {
      ops::Program alone = both;
      alone.tasks = {task};
      const Played played = play(alone);
      ASSERT_EQ(played.error, "");
      EXPECT_EQ(ops::difference(alone, cost::evaluate(alone), played.result), "") << task.name;
    }
    const Played played = play(both);
    ASSERT_EQ(played.error, "");
    EXPECT_EQ(played.result.task_busy[0][0].fs(), 3 * 5000 * kBeat);
    EXPECT_EQ(played.result.task_busy[1][1].fs(), (2 + 2 + 1) * 7001 * kBeat);
    EXPECT_EQ(played.result.layer_counts[0][ops::Event::kMemoryReadBits], 8'000'000);
    EXPECT_EQ(played.result.layer_counts[0][ops::Event::kMemoryWriteBits], 8'000'000);
  }
}

}  // namespace
}  // namespace cimera::timing
