// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/import/model.h>
#include <runtime/values/value.h>

#include <span>
#include <string>

namespace nordlys::runtime {

/// Why a backend test says nothing about an engine for inference on numbers, or empty when it is to be run: operators of training, strings,
/// and draws of random numbers, which the standard leaves to each implementation. Looks into subgraphs too.
std::string reasonToSkip(const core::Model &model);

/// The same for what the inputs decide: a Dropout that they switch to training mode drops at random (unless its ratio is 0).
std::string reasonToSkip(const core::Model &model, std::span<const Value> inputs);

} // namespace nordlys::runtime
