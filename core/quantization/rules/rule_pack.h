// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nordlys::core {

/// What a rule looks at; its numbers and operators come from the pack.
enum class RuleCheck {
    Bits,         ///< bit widths that a role may have
    MinimumBits,  ///< outputs of operators that need more bits
    Symmetric,    ///< zero in the middle of the grid
    NonNegative,  ///< outputs that are never negative spend no codes below zero
    FixedRange,   ///< Softmax, Sigmoid, Tanh: the range that the operator has
    Zero,         ///< zero is a code
    WastedCodes,  ///< the range seen uses few of the grid's codes
    Tied,         ///< tensors between which data is only moved have one encoding
    Pair,         ///< bit widths of both inputs of an operator
    Channels,     ///< per-channel encodings lie along the weight's output channels, one each
    BiasScale,    ///< a bias has the product of activation and weight scale
    BiasOverflow  ///< the bias' values are codes of 32 bits
};

enum class RuleSeverity { Error, Advice };
std::string_view nameOf(RuleSeverity severity); ///< "error", "advice"

enum class RuleRole { Activation, Weight, Bias };

struct QuantizationRule {
    std::string id; ///< unique in the pack
    RuleCheck check = RuleCheck::Bits;
    RuleSeverity severity = RuleSeverity::Error;
    std::string why;                ///< one sentence: what goes wrong otherwise
    std::set<RuleRole> roles;       ///< Bits, Symmetric: whose encodings
    std::set<std::string> operators;///< by ONNX name: producers of activations, consumers of weights; empty: every one
    std::vector<int> bits;          ///< Bits: allowed ones; MinimumBits: the one needed; Symmetric: only these; empty: any
    bool perChannelOnly = false;    ///< Symmetric: only encodings with several channels
    std::vector<std::pair<int, int>> pairs; ///< Pair: allowed (first input, second input)
    double share = 0;               ///< WastedCodes: smallest share of the codes, 0..1
};

/// Rules of one target, read from a data file that users may copy and edit (resources/rules/NAME.json, schema nordlys.rules/1).
struct RulePack {
    std::string name, title, source;
    std::vector<QuantizationRule> rules;

    /// BadInput names file, rule and key for anything that is missing, unknown, of another type or out of range; NotSupported: a newer schema.
    /// Files larger than 1 MiB are refused.
    static Expected<RulePack> load(const std::filesystem::path &path);
    /// "htp": the pack of that name that comes with the program; a path (with a slash, or ending in .json): that file.
    static Expected<RulePack> find(const std::string &nameOrPath);
};

} // namespace nordlys::core
