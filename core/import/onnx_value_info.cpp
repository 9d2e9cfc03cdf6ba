// SPDX-License-Identifier: Apache-2.0
#include "onnx_value_info.h"

#include "onnx_weights.h"

#include <algorithm>

namespace nordlys::core {

std::string quoted(std::string_view kind, std::string_view name)
{
    return std::string(kind) + " \"" + std::string(name) + "\"";
}

Expected<StatedType> statedType(const onnx::ValueInfoProto &info, NameTable &names)
{
    StatedType stated;
    if (!info.has_type())
        return stated;
    stated.isTensor = info.type().has_tensor_type();
    if (!stated.isTensor)
        return stated;
    const onnx::TypeProto_Tensor &type = info.type().tensor_type();
    if (type.elem_type() > 0 && type.elem_type() <= static_cast<int>(DType::Float4E2M1))
        stated.dtype = static_cast<DType>(type.elem_type());
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
