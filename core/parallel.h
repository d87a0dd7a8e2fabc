// Loops over independent work on the threads the user allows.
#pragma once

#include <cstdint>
#include <functional>

namespace cimera {

/// Sets how many threads parallel_for may use from now on; 0 means all cores. Results never depend on it.
void set_threads(int threads);
int threads();

/// Calls body(begin, end) over disjoint ranges that cover [0, count), each at most `grain` long and starting at a
/// multiple of it. The bodies run concurrently and must write to disjoint places; the first exception thrown is
/// rethrown here.
void parallel_for(std::int64_t count, std::int64_t grain, const std::function<void(std::int64_t, std::int64_t)>& body);

}  // namespace cimera
