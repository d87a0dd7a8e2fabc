// What `cimera list` and `cimera describe` print.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/schema.h"
#include "workloads/network.h"

namespace cimera::study {

/// Every parameter with value, range, meaning and the number of its source; then `more`, where there is any; the
/// sources below.
std::string describe_text(const std::string& title, const std::vector<FieldInfo>& fields, const std::string& more = "");
/// Layers with shapes, multiply-accumulates and weights, and totals.
std::string describe_text(const workloads::Network& network);

/// The same as JSON: an object by parameter path; an object with layers and totals.
std::string describe_json(const std::vector<FieldInfo>& fields);
std::string describe_json(const workloads::Network& network);

/// Name and one line about each, aligned; and as a JSON array of objects.
std::string list_text(const std::vector<std::pair<std::string, std::string>>& entries);
std::string list_json(const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace cimera::study
