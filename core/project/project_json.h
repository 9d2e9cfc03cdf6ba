// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_forms.h"
#include "project.h"

namespace nordlys::core {

/// The project's document; paths below it count from `folder`. Throws nlohmann's type_error only when it is dumped with a text
/// that is no UTF-8.
OrderedJson projectToJson(const Project &project, const std::filesystem::path &folder);
/// Checks everything but whether files exist. `what` names the source in errors.
Expected<Project> projectFromJson(const nlohmann::json &document, const std::filesystem::path &folder, const std::string &what);

} // namespace nordlys::core
