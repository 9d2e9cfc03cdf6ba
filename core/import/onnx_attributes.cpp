// SPDX-License-Identifier: Apache-2.0
#include "onnx_attributes.h"

#include <cstring>

namespace nordlys::core {

namespace {

template <typename T, typename List>
AttributeTensor tensorOf(DType type, const List &list, bool isScalar)
{
    AttributeTensor tensor;
    tensor.dtype = type;
    if (!isScalar)
        tensor.dims = {static_cast<std::int64_t>(list.size())};
    std::vector<std::byte> bytes(static_cast<std::size_t>(list.size()) * sizeof(T));
    std::size_t at = 0;
    for (const T value : list) {
        std::memcpy(bytes.data() + at, &value, sizeof(T));
        at += sizeof(T);
    }
    tensor.data = ConstantData::owned(std::move(bytes));
    return tensor;
}

} // namespace

Expected<std::optional<AttributeValue>> readAttribute(const onnx::AttributeProto &proto, OnnxWeights &weights, const std::string &what)
{
    using Value = std::optional<AttributeValue>;
    using Type = onnx::AttributeProto;
    auto type = proto.type();
    if (type == Type::UNDEFINED) {
        type = proto.has_i()             ? Type::INT
               : proto.has_f()           ? Type::FLOAT
               : proto.has_s()           ? Type::STRING
               : proto.has_t()           ? Type::TENSOR
               : proto.floats_size() > 0 ? Type::FLOATS
               : proto.strings_size() > 0 ? Type::STRINGS
                                          : Type::INTS;
    }
    switch (type) {
    case Type::INT: return Value(proto.i());
    case Type::FLOAT: return Value(static_cast<double>(proto.f()));
    case Type::STRING: return Value(proto.s());
    case Type::INTS: return Value(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case Type::FLOATS: return Value(std::vector<double>(proto.floats().begin(), proto.floats().end()));
    case Type::STRINGS: return Value(std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
    case Type::TENSOR: {
        Expected<AttributeTensor> tensor = weights.read(proto.t(), what + ", attribute \"" + proto.name() + "\"");
        if (!tensor)
            return std::move(tensor.error());
        return Value(*std::move(tensor));
    }
    default: return Value();
    }
}

Expected<std::optional<AttributeTensor>> constantNodeValue(const onnx::AttributeProto &proto, OnnxWeights &weights, const std::string &what)
{
    using Value = std::optional<AttributeTensor>;
    if (proto.name() == "value" && proto.has_t()) {
        if (proto.t().data_type() == onnx::TensorProto::STRING)
            return Value();
        Expected<AttributeTensor> tensor = weights.read(proto.t(), what);
        if (!tensor)
            return std::move(tensor.error());
        return Value(*std::move(tensor));
    }
    if (proto.name() == "value_int")
        return Value(tensorOf<std::int64_t>(DType::Int64, std::vector<std::int64_t>{proto.i()}, true));
    if (proto.name() == "value_ints")
        return Value(tensorOf<std::int64_t>(DType::Int64, proto.ints(), false));
    if (proto.name() == "value_float")
        return Value(tensorOf<float>(DType::Float32, std::vector<float>{proto.f()}, true));
    if (proto.name() == "value_floats")
        return Value(tensorOf<float>(DType::Float32, proto.floats(), false));
    return Value();
}

} // namespace nordlys::core
