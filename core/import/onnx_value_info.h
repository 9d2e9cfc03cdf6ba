// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/names.h>
#include <core/graph/graph.h>

#include <onnx/onnx_pb.h>

#include <optional>
#include <string>
#include <string_view>

namespace nordlys::core {

/// `tensor "x"`, as errors and notes of the import name things.
std::string quoted(std::string_view kind, std::string_view name);

/// Type and shape as a ValueInfo states them; no shape for sequences, optionals, maps and unranked tensors.
struct StatedType {
    DType dtype = DType::Undefined;
    std::optional<Shape> shape;
    ValueKind kind = ValueKind::Tensor;
};

/// BadInput for dimensions below -1 (which some exporters write for a free one), more than kMaxImportRank of them, or more
/// elements than can be counted. Names of free dimensions go into `names`.
Expected<StatedType> statedType(const onnx::ValueInfoProto &info, NameTable &names);

} // namespace nordlys::core
