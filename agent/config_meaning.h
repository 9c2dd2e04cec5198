// What the configuration's values are to the parts that know nothing of a configuration. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/metrics/selection.h"
#include "agent/model/snapshot.h"

namespace pppol2tp {

model::Limits limits_of(const config::Config& config);
std::shared_ptr<const model::ExpectedSessions> expected_of(const config::Config& config);
std::vector<std::string> names_of(const std::vector<config::SessionLabel>& labels);

// What is shown unless a scrape asks otherwise.
metrics::FamilySet families_of(const config::MetricsConfig& config);

}  // namespace pppol2tp
