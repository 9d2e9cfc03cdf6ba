// SPDX-License-Identifier: Apache-2.0
#include "tensor_proto.h"

#include <core/base/mapped_file.h>

#include <onnx/onnx_pb.h>

#include <cstring>
#include <limits>

namespace nordlys::core {

namespace {

// Copies a typed repeated field into a tensor of (narrower) elements; a value that the element cannot hold is an error.
template <typename Element, typename Field>
bool fill(HostTensor &tensor, const Field &values)
{
    const std::span<Element> target{reinterpret_cast<Element *>(tensor.bytes().data()), tensor.bytes().size() / sizeof(Element)};
    for (std::size_t i = 0; i < target.size(); ++i) {
        const auto value = values.Get(static_cast<int>(i));
        if constexpr (std::is_integral_v<Element>) {
            if (!std::in_range<Element>(value))
                return false;
        }
        target[i] = static_cast<Element>(value);
    }
    return true;
}

/// Number of values in the field that carries this type, and the number it should have.
int typedCount(const onnx::TensorProto &proto, DType dtype)
{
    switch (dtype) {
    case DType::Float32:
    case DType::Complex64: return proto.float_data_size();
    case DType::Float64:
    case DType::Complex128: return proto.double_data_size();
    case DType::Int64: return proto.int64_data_size();
    case DType::UInt32:
    case DType::UInt64: return proto.uint64_data_size();
    default: return proto.int32_data_size();
    }
}

bool fillTyped(HostTensor &tensor, const onnx::TensorProto &proto)
{
    switch (tensor.dtype()) {
    case DType::Float32: return fill<float>(tensor, proto.float_data());
    case DType::Float64: return fill<double>(tensor, proto.double_data());
    case DType::Int64: return fill<std::int64_t>(tensor, proto.int64_data());
    case DType::UInt64: return fill<std::uint64_t>(tensor, proto.uint64_data());
    case DType::UInt32: return fill<std::uint32_t>(tensor, proto.uint64_data());
    case DType::Int32: return fill<std::int32_t>(tensor, proto.int32_data());
    case DType::Int16: return fill<std::int16_t>(tensor, proto.int32_data());
    case DType::Int8: return fill<std::int8_t>(tensor, proto.int32_data());
    case DType::UInt16:
    case DType::Float16:
    case DType::BFloat16: return fill<std::uint16_t>(tensor, proto.int32_data());
    default: return fill<std::uint8_t>(tensor, proto.int32_data()); // 4-bit types: a pair in each value
    }
}

} // namespace

Expected<HostTensor> readTensorProto(const std::filesystem::path &path)
{
    auto file = MappedFile::open(path);
    NORDLYS_TRY(file);
    return parseTensorProto((*file)->bytes(), path.string());
}

Expected<HostTensor> parseTensorProto(std::span<const std::byte> bytes, const std::string &what)
{
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return badInput(what, "a protobuf message has at most 2 GB");
    onnx::TensorProto proto;
    if (bytes.empty() || !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return badInput(what, "this is no ONNX TensorProto (the protobuf message is broken or empty)");
    const DType dtype = dtypeFromNumber(proto.data_type());
    if (dtype == DType::Undefined)
        return badInput(what, "this is no ONNX TensorProto (element type " + std::to_string(proto.data_type()) + ")");
    if (dtype == DType::String)
        return notSupported(what, "tensors of strings are not read");
    if (proto.has_data_location() && proto.data_location() == onnx::TensorProto::EXTERNAL)
        return notSupported(what, "the tensor's data lie in another file");
    if (proto.has_segment())
        return notSupported(what, "the tensor is stored in segments");
    Dims dims(proto.dims().begin(), proto.dims().end());
    // At least one byte of message stands behind every eight elements (a packed varint holds no less than one 4-bit pair).
    auto tensor = HostTensor::create(dtype, dims, bytes.size() * 16);
    if (!tensor)
        return badInput(what, "the message is too short for its shape " + shapeText(dims));
    if (proto.has_raw_data()) {
        if (proto.raw_data().size() != tensor->bytes().size()) {
            return badInput(what, "shape " + shapeText(dims) + " needs " + std::to_string(tensor->bytes().size()) +
                                      " bytes, raw_data holds " + std::to_string(proto.raw_data().size()));
        }
        if (!tensor->bytes().empty())
            std::memcpy(tensor->bytes().data(), proto.raw_data().data(), proto.raw_data().size());
    } else {
        const bool isComplex = dtype == DType::Complex64 || dtype == DType::Complex128;
        const std::size_t expected = bitsOf(dtype) < 8 ? tensor->bytes().size() : tensor->elementCount() * (isComplex ? 2 : 1);
        if (static_cast<std::size_t>(typedCount(proto, dtype)) != expected) {
            return badInput(what, "shape " + shapeText(dims) + " needs " + std::to_string(expected) +
                                      " values, the message holds " + std::to_string(typedCount(proto, dtype)));
        }
        if (isComplex)
            return notSupported(what, std::string(nameOf(dtype)) + " values are read from raw_data only");
        if (!fillTyped(*tensor, proto))
            return badInput(what, "a value does not fit the element type " + std::string(nameOf(dtype)));
    }
    if (dtype == DType::Bool) {
        for (std::byte &value : tensor->bytes())
            value = std::byte(value != std::byte(0) ? 1 : 0);
    }
    return tensor;
}

} // namespace nordlys::core
