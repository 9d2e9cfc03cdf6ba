// SPDX-License-Identifier: Apache-2.0
#include "onnx_value_info.h"

#include "onnx_weights.h"

#include <algorithm>

namespace nordlys::core {

std::string quoted(std::string_view kind, std::string_view name)
{
    return std::string(kind) + " \"" + std::string(name) + "\"";
}

namespace {

bool isSequenceOfTensors(const onnx::TypeProto &type)
{
    return type.has_sequence_type() && type.sequence_type().elem_type().has_tensor_type();
}

ValueKind kindOf(const onnx::TypeProto &type)
{
    if (type.has_tensor_type() || type.value_case() == onnx::TypeProto::VALUE_NOT_SET)
        return ValueKind::Tensor;
    if (isSequenceOfTensors(type))
        return ValueKind::Sequence;
    if (type.has_optional_type() && type.optional_type().elem_type().has_tensor_type())
        return ValueKind::OptionalTensor;
    if (type.has_optional_type() && isSequenceOfTensors(type.optional_type().elem_type()))
        return ValueKind::OptionalSequence;
    return ValueKind::Other;
}

/// Of the tensors in a sequence or optional.
DType elementTypeOf(const onnx::TypeProto &type)
{
    if (type.has_tensor_type())
        return dtypeFromNumber(type.tensor_type().elem_type());
    if (type.has_sequence_type() || type.has_optional_type()) {
        const onnx::TypeProto &inner = type.has_sequence_type() ? type.sequence_type().elem_type() : type.optional_type().elem_type();
        if (inner.has_tensor_type())
            return dtypeFromNumber(inner.tensor_type().elem_type());
        if (isSequenceOfTensors(inner))
            return dtypeFromNumber(inner.sequence_type().elem_type().tensor_type().elem_type());
    }
    return DType::Undefined;
}

} // namespace

Expected<StatedType> statedType(const onnx::ValueInfoProto &info, NameTable &names)
{
    StatedType stated;
    if (!info.has_type())
        return stated;
    stated.kind = kindOf(info.type());
    if (stated.kind != ValueKind::Tensor) {
        stated.dtype = elementTypeOf(info.type());
        return stated;
    }
    const onnx::TypeProto_Tensor &type = info.type().tensor_type();
    stated.dtype = dtypeFromNumber(type.elem_type());
    if (!type.has_shape())
        return stated;
    if (type.shape().dim_size() > kMaxImportRank)
        return badInput(quoted("tensor", info.name()), "has " + std::to_string(type.shape().dim_size()) + " dimensions");
    Shape shape;
    for (const onnx::TensorShapeProto_Dimension &proto : type.shape().dim()) {
        Dim dim;
        if (proto.has_dim_value()) {
            if (proto.dim_value() < -1)
                return badInput(quoted("tensor", info.name()), "has a dimension of " + std::to_string(proto.dim_value()));
            dim.value = proto.dim_value(); // -1 is how some exporters write a free one
        } else if (proto.has_dim_param() && !proto.dim_param().empty()) {
            dim.symbol = names.intern(proto.dim_param());
        }
        shape.push_back(dim);
    }
    if (const bool known = std::ranges::all_of(shape, &Dim::isKnown); known && !elementCount(shape))
        return badInput(quoted("tensor", info.name()),
                        "its shape " + shapeText(shape, names) + " has more elements than can be counted");
    stated.shape = std::move(shape);
    return stated;
}

} // namespace nordlys::core
