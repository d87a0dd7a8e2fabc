#include "study/catalogs.h"

#include "core/resources.h"

namespace cimera::study {

std::vector<std::string> device_names() { return catalog_names("devices/catalog"); }

}  // namespace cimera::study
