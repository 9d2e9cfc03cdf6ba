// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding.h"

#include <map>
#include <string>

namespace nordlys::core {

enum class EncodingKind { Activation, Parameter };

struct EncodingEntry {
    EncodingKind kind = EncodingKind::Activation;
    Encoding encoding;
    bool locked = false; ///< calibration leaves it as it is
    friend bool operator==(const EncodingEntry &, const EncodingEntry &) = default;
};

/// Encodings by tensor name (the model's names).
struct EncodingSet {
    std::map<std::string, EncodingEntry, std::less<>> entries;

    [[nodiscard]] const EncodingEntry *find(std::string_view tensor) const
    {
        const auto it = entries.find(tensor);
        return it == entries.end() ? nullptr : &it->second;
    }
    [[nodiscard]] bool empty() const { return entries.empty(); }
    friend bool operator==(const EncodingSet &, const EncodingSet &) = default;
};

} // namespace nordlys::core
