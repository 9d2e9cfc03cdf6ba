// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding_set.h"

#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

/// How one encoding differs from another.
struct EncodingDifference {
    double scaleRatio = 1;      ///< second / first; of grids that correspond, the one farthest from 1
    std::int64_t codeShift = 0; ///< second zero point - first; the largest one
    std::vector<std::string> words; ///< "8 bit became 16 bit", "4 channels became 1 grid"; empty: scale and zero point alone differ
};
/// Nothing: equal (scales up to `tolerance`, relative; the stated range is no difference where scale and zero point agree).
std::optional<EncodingDifference> differenceOf(const Encoding &first, const Encoding &second, double tolerance = 0);

struct EncodingSetDifference {
    std::size_t equal = 0;
    std::vector<std::string> onlyFirst, onlySecond;
    std::vector<std::pair<std::string, EncodingDifference>> changed; ///< by name
};
/// `tolerance`: of scales, as for differenceOf.
EncodingSetDifference compareEncodings(const EncodingSet &first, const EncodingSet &second, double tolerance = 0);
/// Where one of the sets comes from a form that holds float32.
inline constexpr double kFloatTolerance = 6e-8;

/// A name as converters write it: what is no letter, digit or underscore becomes one, and one stands before a leading digit.
std::string sanitisedName(std::string_view name);

/// Were supplied encodings used? By value: a converter's flags say it for some tensors only.
struct EncodingUsage {
    struct Found {
        std::string tensor, converted; ///< the name there
        std::string evidence;          ///< of the name, where it is not just sanitised
    };
    struct Changed {
        Found found;
        EncodingDifference difference;
    };
    std::vector<Found> used;
    std::vector<Changed> changed;
    std::vector<std::string> missing;    ///< no tensor there has the name or, alone, the values
    std::vector<std::string> unsupplied; ///< encodings there that nobody supplied: the converter's own
};
/// Scales are compared with a tolerance of 1e-6: net.json holds float32. Axes are not: the layouts differ.
EncodingUsage findUsage(const EncodingSet &supplied, const EncodingSet &converted);

} // namespace nordlys::core
