#include "models/cost/cache_hierarchy.h"

#include <algorithm>

#include "core/error.h"

namespace cimera::cost {
namespace {

/// Calls f(a, b) for each member of two records of counts.
template <class A, class B, class F>
void each(A& a, B& b, F f) {
  f(a.l1, b.l1), f(a.l1_misses, b.l1_misses), f(a.l2, b.l2), f(a.l2_misses, b.l2_misses);
  f(a.l2_prefetches, b.l2_prefetches), f(a.l3, b.l3), f(a.fills, b.fills);
  f(a.prefetched_fills, b.prefetched_fills), f(a.write_backs, b.write_backs);
}

}  // namespace

CacheTraffic& CacheTraffic::operator+=(const CacheTraffic& other) {
  each(*this, other, [](std::int64_t& a, std::int64_t b) { a += b; });
  return *this;
}

CacheTraffic CacheTraffic::operator-(const CacheTraffic& other) const {
  CacheTraffic result = *this;
  each(result, other, [](std::int64_t& a, std::int64_t b) { a -= b; });
  return result;
}

CacheTraffic CacheTraffic::scaled(std::int64_t by, std::int64_t of) const {
  CacheTraffic result;
  each(result, *this, [&](std::int64_t& a, std::int64_t b) { a = b * by / of; });
  return result;
}

CacheHierarchy::CacheHierarchy(const Shape& shape)
    : l1_(shape.l1), l2_(shape.l2), l3_(shape.l3), prefetcher_(shape.prefetch) {}

/// The number that stands for a stride in cache entries.
std::uint32_t CacheHierarchy::owner(std::int64_t stride) {
  const auto found = std::find(strides_.rbegin(), strides_.rend(), stride);
  if (found != strides_.rend()) return static_cast<std::uint32_t>(strides_.rend() - found - 1);
  if (strides_.size() == std::size_t{1} << 15) fail_run("a network with more than 32,768 different parts of tensors");
  strides_.push_back(stride);
  return static_cast<std::uint32_t>(strides_.size() - 1);
}

void CacheHierarchy::access(std::int64_t first, std::int64_t count, std::int64_t stride, bool write) {
  const std::uint32_t who = owner(stride);
  for (std::int64_t line = first; line < first + count; ++line) {
    ++traffic_.l1;
    if (l1_.touch(line, who, write)) continue;
    ++traffic_.l1_misses, ++traffic_.l2;
    request_l2(line, who);
    const std::optional<CacheLine> out = l1_.fill({line, who, write});
    if (!out || !out->dirty) continue;
    ++traffic_.l2;
    if (!l2_.touch(out->line, out->owner, true)) fill_l2(*out);
  }
}

void CacheHierarchy::request_l2(std::int64_t line, std::uint32_t who) {
  if (!l2_.touch(line, who, false)) {
    ++traffic_.l2_misses;
    request_l3(line, who);
    fill_l2({line, who, false});
  }
  prefetcher_.observe(line, ahead_);
  for (const std::int64_t next : ahead_) {
    if (l2_.contains(next)) continue;
    ++traffic_.l2_prefetches;
    traffic_.prefetched_fills += request_l3(next, who);
    fill_l2({next, who, false});
  }
}

void CacheHierarchy::fill_l2(const CacheLine& line) {
  const std::optional<CacheLine> out = l2_.fill(line);
  if (out && out->dirty) write_l3(*out);
}

std::int64_t CacheHierarchy::request_l3(std::int64_t line, std::uint32_t who) {
  const std::int64_t stride = strides_[who];
  std::int64_t missing = 0;
  traffic_.l3 += cores_;
  for (std::int64_t core = 0; core < (stride == 0 ? 1 : cores_); ++core) {
    const std::int64_t wanted = line + core * stride;
    if (!l3_.plays(wanted) || l3_.touch(wanted, who, false)) continue;
    missing += l3_.one_in();
    fill_l3({wanted, who, false});
  }
  traffic_.fills += missing;
  return missing;
}

/// A dirty line leaves the private caches of every core that has one of its own.
void CacheHierarchy::write_l3(const CacheLine& line) {
  const std::int64_t stride = strides_[line.owner];
  const std::int64_t copies = stride == 0 ? 1 : cores_;
  traffic_.l3 += copies;
  for (std::int64_t core = 0; core < copies; ++core) {
    const std::int64_t to = line.line + core * stride;
    if (l3_.plays(to) && !l3_.touch(to, line.owner, true))
      traffic_.write_backs += l3_.one_in();  // it has left L3 before
  }
}

void CacheHierarchy::fill_l3(const CacheLine& line) {
  const std::optional<CacheLine> out = l3_.fill(line);
  if (!out) return;
  bool dirty = out->dirty;
  for (Cache* level : {&l1_, &l2_})
    if (const std::optional<CacheLine> inner = level->drop(out->line)) dirty = dirty || inner->dirty;
  if (dirty) traffic_.write_backs += l3_.one_in();
}

void CacheHierarchy::invalidate(std::int64_t first, std::int64_t count) {
  for (Cache* level : {&l1_, &l2_, &l3_}) level->drop(first, first + count);
}

}  // namespace cimera::cost
