// The parts that tables.cpp puts together, each with its heading.
#pragma once

#include <string>
#include <vector>

#include "study/result.h"

namespace cimera::study {

/// The results in the order of tables: batch size by batch size, machines beside each other.
std::vector<const Result*> by_batch(const Report& report);
std::string heading_text(const Inputs& inputs);
std::string cost_table(const Report& report);
std::string efficiency_table(const Report& report);
/// What the hosts that serve machines add when they are left on, and whether that changes the order by energy; ""
/// where every machine is its own host.
std::string host_table(const Report& report);
/// Which reading gave each latency, and the closed form's lower bound beside it.
std::string reading_table(const Report& report);
std::string accuracy_table(const Report& report);
/// Components of each machine at one batch size, largest first, in at most `rows` rows each.
std::string energy_table(const Report& report, std::int64_t batch, std::size_t rows);
std::string layer_table(const Result& result);
std::string busiest_table(const Result& result);
std::string count_table(const Result& result);
std::string notes_text(const Report& report);

}  // namespace cimera::study
