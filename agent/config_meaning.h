// Translates the configuration's values for the parts that do not know the configuration. Pure.
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

// The families shown unless a scrape selects others.
metrics::FamilySet families_of(const config::MetricsConfig& config);

}  // namespace pppol2tp
