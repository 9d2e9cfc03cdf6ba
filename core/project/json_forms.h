// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "change.h"

#include <nlohmann/json.hpp>

#include <string>

namespace nordlys::core {

using OrderedJson = nlohmann::ordered_json;

/// Appends a member without looking for the key: ordered objects search linearly. The caller sees to it that the key is new.
void append(OrderedJson &object, std::string key, OrderedJson value);

/// {"kind","bitwidth","float","symmetric","axis","locked","grids":[[min,max,scale,zeroPoint],...]}, with blocks also
/// "blockAxis", "blockSize" and, of a two-level scale, "twoLevel":{"bits","channelScales":[],"multipliers":[]}
OrderedJson entryToJson(const EncodingEntry &entry);
/// Checked with checkEncoding; BadInput names `tensor`.
Expected<EncodingEntry> entryFromJson(const nlohmann::json &value, const std::string &tensor);

/// A change in its JSON form; hostile until checked.
Expected<Change> changeFromValue(const nlohmann::json &value);

/// Member of an object with a type that the caller wants; BadInput (naming `what` and the key) when it is there with another
/// type. Nothing when absent.
Expected<std::optional<std::string>> memberString(const nlohmann::json &object, const std::string &key, const std::string &what);
Expected<std::optional<std::int64_t>> memberInteger(const nlohmann::json &object, const std::string &key,
                                                    const std::string &what);
Expected<std::optional<bool>> memberBool(const nlohmann::json &object, const std::string &key, const std::string &what);

} // namespace nordlys::core
