// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/graph/cost.h>
#include <core/import/model.h>
#include <core/layout/layered_layout.h>
#include <core/quantization/quantizable.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nordlys::studio {

/// A model with everything that views derive from it once. Immutable; shared with running jobs.
struct Document {
    std::filesystem::path path;
    std::shared_ptr<const core::Model> model;
    core::GraphLayout layout;
    std::vector<core::NodeCost> costs; ///< by NodeId
    std::int64_t macs = 0, parameters = 0;
    std::vector<core::QuantizableTensor> quantizable;
    std::unordered_map<core::TensorId, std::size_t> quantizableIndex;
    std::unordered_map<std::string_view, core::NodeId> nodesByName; ///< keys live in the graph's name table
    std::unordered_map<std::string_view, core::TensorId> tensorsByName;
    std::int64_t openNs = 0, layoutNs = 0;

    [[nodiscard]] const core::Graph &graph() const { return model->graph; }
    [[nodiscard]] core::NodeId findNode(std::string_view name) const;
    [[nodiscard]] core::TensorId findTensor(std::string_view name) const;
    [[nodiscard]] const core::QuantizableTensor *quantizableOf(core::TensorId tensor) const;
    /// Tensors that share the encoding of `tensor` (itself included), in graph order; only `tensor` when it is alone or has no
    /// encoding.
    [[nodiscard]] std::vector<core::TensorId> tieGroup(core::TensorId tensor) const;
    /// "Conv 3×3", "MatMul", with the kernel size where the operator has one.
    [[nodiscard]] std::string opText(core::NodeId node) const;
    /// Shape of a tensor as text; "?" when unknown.
    [[nodiscard]] std::string shapeText(core::TensorId tensor) const;
    /// Shape of the node's first output.
    [[nodiscard]] std::string outputShape(core::NodeId node) const;
    /// First constant input that has a weight's role; invalid when there is none.
    [[nodiscard]] core::TensorId weightOf(core::NodeId node) const;
};

/// Lays an opened model out and computes costs. Worker thread.
core::Expected<std::shared_ptr<const Document>> makeDocument(std::shared_ptr<const core::Model> model,
                                                             const core::JobContext &job);
/// Opens the model, lays it out, computes costs. Worker thread.
core::Expected<std::shared_ptr<const Document>>
openDocument(const std::filesystem::path &path, const std::map<std::string, std::int64_t> &dims, const core::JobContext &job);

} // namespace nordlys::studio
