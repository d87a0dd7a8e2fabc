// Networks of the catalog (workloads/catalog/*.yaml): shapes without weights, written as layers or as the parameters of
// a transformer, with the totals that its source states.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "workloads/network.h"
#include "workloads/shapes_only/transformer.h"

namespace cimera::workloads {

/// A file of the catalog as read.
struct CatalogEntry {
  Network network;
  std::string description;
  bool transformer = false;
};

/// Reads a file, and checks its network against the totals that the file states: multiply-accumulates and weights, and
/// parameters where they are given. `use` says how a transformer is used; the file's own use is the default. Throws
/// Error(kInput) naming file and line for whatever is wrong, totals that differ included, and at `--phase` or
/// `--context` for a use that the network does not have.
CatalogEntry load_catalog(const std::filesystem::path& file, const TransformerUse& use = {});

}  // namespace cimera::workloads
