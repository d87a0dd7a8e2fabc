#include "models/ops/serialize.h"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "core/error.h"

namespace cimera::ops {
namespace {

using Bytes = std::vector<std::uint8_t>;

template <class V, class T>
concept Is = std::same_as<std::remove_const_t<V>, T>;

// The members of each struct, in the order in which they are written.
template <Is<Unit> V>
auto members(V& v) {
  return std::tie(v.name, v.kind, v.component, v.beat, v.beat_bits, v.latency, v.enters, v.leaves);
}
template <Is<Hop> V>
auto members(V& v) {
  return std::tie(v.unit, v.beats, v.head, v.varies);
}
template <Is<Mvm> V>
auto members(V& v) {
  return std::tie(v.place, v.first, v.last, v.steps, v.reads, v.driven_rows, v.used_columns, v.row_sums, v.merges,
                  v.fetch_bits, v.register_bits, v.result_bits, v.planes, v.decisions);
}
template <Is<Transfer> V>
auto members(V& v) {
  return std::tie(v.what, v.tensor, v.begin, v.end, v.from, v.to, v.element_bits, v.images);
}
template <Is<Digital> V>
auto members(V& v) {
  return std::tie(v.function, v.layer, v.place, v.begin, v.end, v.element_bits, v.fetch_bits);
}
template <Is<HostCompute> V>
auto members(V& v) {
  return std::tie(v.layer, v.place, v.flops, v.cache_bits, v.core_clocks, v.l2_bits, v.l3_bits, v.fill_bits,
                  v.write_back_bits);
}
template <Is<WriteCells> V>
auto members(V& v) {
  return std::tie(v.place, v.first, v.last, v.cells);
}
template <Is<Op> V>
auto members(V& v) {
  return std::tie(v.work, v.path, v.items, v.items_last);
}
template <Is<Task> V>
auto members(V& v) {
  return std::tie(v.name, v.layer, v.op, v.blocks, v.iterations, v.in_flight);
}
template <Is<Rate> V>
auto members(V& v) {
  return std::tie(v.a, v.d, v.last, v.first);
}
template <Is<Edge> V>
auto members(V& v) {
  return std::tie(v.from, v.to, v.row, v.column, v.from_columns, v.to_columns, v.lag, v.capacity, v.whole);
}
template <Is<Program> V>
auto members(V& v) {
  return std::tie(v.machine, v.units, v.tasks, v.edges, v.layer_names);
}
template <Is<BeatTables> V>
auto members(V& v) {
  return std::tie(v.seed, v.tasks);
}
template <Is<TimingRequest> V>
auto members(V& v) {
  return std::tie(v.program, v.skip_periods, v.beats, v.passages);
}
template <Is<TimingResult> V>
auto members(V& v) {
  return std::tie(v.finished, v.makespan, v.task_start, v.task_end, v.block_end, v.task_busy, v.task_waits,
                  v.unit_times, v.layer_counts, v.drawn, v.skipped_blocks);
}

template <class V>
concept HasMembers = requires(V& v) {
  members(v);
};

/// Calls f for each value of a record that has one for each row of a table.
template <Is<Counts> V, class F>
void each(V& counts, F&& f) {
  for (const auto& row : event_table()) f(counts[row.event]);
}
template <Is<StateTimes> V, class F>
void each(V& times, F&& f) {
  for (const auto& row : unit_state_table()) f(times[row.state]);
}
template <Is<WaitTimes> V, class F>
void each(V& times, F&& f) {
  for (const auto& row : wait_table()) f(times[row.wait]);
}

template <class V>
concept HasRows = requires(V& v) {
  each(v, [](const auto&) {});
};

template <class V>
concept Number = std::integral<V> || std::is_enum_v<V>;

/// Numbers in groups of seven bits, the lowest first, zigzag; before lists and strings their size, before a variant its
/// index.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  template <Number V>
  void operator()(const V& v) {
    const auto value = static_cast<std::int64_t>(v);
    auto u = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
    for (; u >= 0x80; u >>= 7) out_.push_back(static_cast<std::uint8_t>(u | 0x80));
    out_.push_back(static_cast<std::uint8_t>(u));
  }
  void operator()(const Duration& d) { (*this)(d.fs()); }
  template <class Tag>
  void operator()(const Id<Tag>& id) {
    (*this)(id.value());
  }
  void operator()(const std::string& text) {
    (*this)(text.size());
    out_.insert(out_.end(), text.begin(), text.end());
  }
  template <class T>
  void operator()(const std::vector<T>& list) {
    (*this)(list.size());
    for (const T& v : list) (*this)(v);
  }
  void operator()(const Histogram& histogram) {
    (*this)(std::vector<std::int64_t>(histogram.counts().begin(), histogram.counts().end()));
  }
  void operator()(const Work& work) {
    (*this)(work.index());
    std::visit(*this, work);
  }
  template <HasRows V>
  void operator()(const V& v) {
    each(v, *this);
  }
  template <HasMembers V>
  void operator()(const V& v) {
    std::apply([this](const auto&... member) { ((*this)(member), ...); }, members(v));
  }

 private:
  Bytes& out_;
};

/// What Writer wrote. Throws std::out_of_range where it cannot have been.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> in) : in_(in) {}

  std::size_t left() const { return in_.size(); }

  template <Number V>
  void operator()(V& v) {
    std::uint64_t u = 0;
    for (int shift = 0;; shift += 7) {
      if (in_.empty() || shift > 63) throw std::out_of_range("a number has no end");
      const std::uint8_t byte = in_.front();
      in_ = in_.subspan(1);
      u |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    v = static_cast<V>(static_cast<std::int64_t>(u >> 1 ^ -(u & 1)));
  }
  void operator()(Duration& d) { d = Duration::fs(take<std::int64_t>()); }
  template <class Tag>
  void operator()(Id<Tag>& id) {
    id = Id<Tag>(take<std::uint32_t>());
  }
  void operator()(std::string& text) {
    const std::size_t size = take_size();
    text.assign(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(size));
    in_ = in_.subspan(size);
  }
  template <class T>
  void operator()(std::vector<T>& list) {
    list.resize(take_size());
    for (T& v : list) (*this)(v);
  }
  void operator()(Histogram& histogram) { histogram = Histogram(take<std::vector<std::int64_t>>()); }
  void operator()(Work& work) { take_work(take<std::size_t>(), work); }
  template <HasRows V>
  void operator()(V& v) {
    each(v, *this);
  }
  template <HasMembers V>
  void operator()(V& v) {
    std::apply([this](auto&... member) { ((*this)(member), ...); }, members(v));
  }

 private:
  template <class T>
  T take() {
    T value{};
    (*this)(value);
    return value;
  }
  /// Of a list, each element of which takes a byte at least.
  std::size_t take_size() {
    const auto size = take<std::size_t>();
    if (size > in_.size()) throw std::out_of_range("a list is longer than what is left");
    return size;
  }
  template <std::size_t I = 0>
  void take_work(std::size_t index, Work& work) {
    if constexpr (I == std::variant_size_v<Work>) throw std::out_of_range("work index");
    else if (index == I) work = take<std::variant_alternative_t<I, Work>>();
    else take_work<I + 1>(index, work);
  }

  std::span<const std::uint8_t> in_;
};

// Before them stand eight bytes that say what they are, and the eight of their FNV-1a hash: damaged bytes are told from
// whole ones before anything is made of them.
constexpr std::size_t kTag = 8, kHead = kTag + sizeof(std::uint64_t);
constexpr std::string_view kRequest = "cimeraQ2", kResult = "cimeraR2";

std::uint64_t hash(std::span<const std::uint8_t> bytes) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const std::uint8_t byte : bytes) h = (h ^ byte) * 0x100000001b3;
  return h;
}

template <class T>
Bytes wrap(std::string_view tag, const T& value) {
  Bytes bytes(tag.begin(), tag.end());
  bytes.resize(kHead);
  Writer write(bytes);
  write(value);
  const std::uint64_t h = hash(std::span(bytes).subspan(kHead));
  std::memcpy(bytes.data() + kTag, &h, sizeof h);
  return bytes;
}

template <class T>
T parse(std::span<const std::uint8_t> bytes, std::string_view tag, const std::string& what) {
  std::uint64_t written = 0;
  const bool whole = bytes.size() >= kHead && std::equal(tag.begin(), tag.end(), bytes.begin());
  if (whole) std::memcpy(&written, bytes.data() + kTag, sizeof written);
  if (!whole || hash(bytes.subspan(kHead)) != written)
    fail_run("cannot read a " + what + ": these " + std::to_string(bytes.size()) + " bytes are not one, or damaged");
  try {
    Reader read(bytes.subspan(kHead));
    T value;
    read(value);
    if (read.left() > 0) throw std::out_of_range(std::to_string(read.left()) + " bytes too many");
    return value;
  } catch (const std::out_of_range& e) {
    fail_run("cannot read a " + what + ": " + e.what());
  }
}

}  // namespace

Bytes to_bytes(const TimingRequest& request) { return wrap(kRequest, request); }
Bytes to_bytes(const TimingResult& result) { return wrap(kResult, result); }
TimingRequest timing_request(std::span<const std::uint8_t> bytes) {
  return parse<TimingRequest>(bytes, kRequest, "timing request");
}
TimingResult timing_result(std::span<const std::uint8_t> bytes) {
  return parse<TimingResult>(bytes, kResult, "timing result");
}

}  // namespace cimera::ops
