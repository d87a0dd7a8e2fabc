// What is said about networks that were quantised before, and what they allow.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "workloads/file_codes.h"

namespace cimera::study {

/// Throws Error(kInput) where --bits (0: not given) differs from the integers of the network's file.
void check_bits(const workloads::FileCodes& codes, const std::string& network, int weight_bits, int activation_bits);

/// One or two sentences; for codes that are any().
std::string file_codes_text(const workloads::FileCodes& codes);
nlohmann::ordered_json file_codes_json(const workloads::FileCodes& codes);

}  // namespace cimera::study
