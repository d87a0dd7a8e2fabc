// What `cimera list` and `cimera describe` print.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/schema.h"
#include "workloads/describe.h"
#include "workloads/network.h"

namespace cimera::study {

/// A parameter with the values that it has beside the one that was read.
struct Parameter {
  FieldInfo field;         ///< after --set
  std::string file_value;  ///< before --set
  std::string used_value;  ///< what is computed with: figures of parts scale with the organisation of their machine
};

/// `read` with the values that the parameters of the same path have in `file` and in `used`; where they are missing,
/// the one that was read.
std::vector<Parameter> parameters(const std::vector<FieldInfo>& read, const std::vector<FieldInfo>& file,
                                  const std::vector<FieldInfo>& used);

/// Every parameter with its values, range, meaning and the number of its source; then `more`, where there is any; the
/// sources below.
std::string describe_text(const std::string& title, const std::vector<Parameter>& parameters,
                          const std::string& more = "");
/// Layers with shapes, multiply-accumulates, weights and activations, equal blocks once; and totals.
std::string describe_text(const workloads::Network& network, const workloads::NetworkSummary& summary);

/// The same as JSON: an object by parameter path; an object with layers and totals.
std::string describe_json(const std::vector<Parameter>& parameters);
std::string describe_json(const workloads::Network& network, const workloads::NetworkSummary& summary);

/// Name and one line about each, aligned; and as a JSON array of objects.
std::string list_text(const std::vector<std::pair<std::string, std::string>>& entries);
std::string list_json(const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace cimera::study
