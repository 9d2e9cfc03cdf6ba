// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/import/model.h>
#include <core/placement/placement.h>
#include <core/quantization/encoding_set.h>

#include <cstddef>
#include <memory>

namespace nordlys::runtime {

/// The part of a model that one segment of `plan` runs, as a model of its own: tensors that other segments compute are its inputs, what others or
/// the caller need are its outputs, all under the names of the source model. Nodes that depend on constants alone come along with every segment
/// that uses them; Shape and Size of known dimensions become constants. Graph outputs that no node computes belong to segment 0. Cheap next to
/// planning: weights are shared.
std::shared_ptr<const core::Model> segmentModel(const core::Model &model, const core::PlacementPlan &plan, std::size_t segment);

/// The encodings of tensors that this model's nodes read or write.
core::EncodingSet encodingsOf(const core::Model &model, const core::EncodingSet &encodings);

} // namespace nordlys::runtime
