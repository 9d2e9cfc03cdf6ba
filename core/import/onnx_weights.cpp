// SPDX-License-Identifier: Apache-2.0
#include "onnx_weights.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>
#include <system_error>

namespace nordlys::core {

namespace fs = std::filesystem;

namespace {

std::vector<std::byte> copyOf(const std::string &text)
{
    const auto *begin = reinterpret_cast<const std::byte *>(text.data());
    return {begin, begin + text.size()};
}

/// Little endian bytes of numbers that libonnx widened.
template <typename Stored, typename List>
std::vector<std::byte> packed(const List &list)
{
    std::vector<std::byte> bytes(static_cast<std::size_t>(list.size()) * sizeof(Stored));
    std::byte *out = bytes.data();
    for (const auto number : list) {
        const auto stored = static_cast<Stored>(number);
        std::memcpy(out, &stored, sizeof(Stored));
        out += sizeof(Stored);
    }
    return bytes;
}

/// Values of the typed lists (float_data, int32_data ...), which TensorProto.DataType assigns to the types.
std::optional<std::vector<std::byte>> typedValues(const onnx::TensorProto &proto, DType type)
{
    switch (type) {
    case DType::Float32:
    case DType::Complex64: return packed<float>(proto.float_data());
    case DType::Float64:
    case DType::Complex128: return packed<double>(proto.double_data());
    case DType::Int64: return packed<std::int64_t>(proto.int64_data());
    case DType::UInt32: return packed<std::uint32_t>(proto.uint64_data());
    case DType::UInt64: return packed<std::uint64_t>(proto.uint64_data());
    case DType::Int32: return packed<std::int32_t>(proto.int32_data());
    case DType::Int16:
    case DType::UInt16:
    case DType::Float16:
    case DType::BFloat16: return packed<std::uint16_t>(proto.int32_data());
    case DType::Int8:
    case DType::UInt8:
    case DType::Float8E4M3FN:
    case DType::Float8E4M3FNUZ:
    case DType::Float8E5M2:
    case DType::Float8E5M2FNUZ:
    case DType::Float8E8M0:
    case DType::UInt4:
    case DType::Int4:
    case DType::Float4E2M1: return packed<std::uint8_t>(proto.int32_data());
    case DType::Bool: {
        std::vector<std::byte> flags;
        std::ranges::transform(proto.int32_data(), std::back_inserter(flags), [](std::int32_t number) { return std::byte(number != 0 ? 1 : 0); });
        return flags;
    }
    case DType::Undefined:
    case DType::String: break;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> unsignedNumber(const std::string &text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

bool isInside(const fs::path &file, const fs::path &folder)
{
    const auto [inFolder, inFile] = std::ranges::mismatch(folder, file);
    return inFolder == folder.end() && inFile != file.end();
}

} // namespace

OnnxWeights::OnnxWeights(std::shared_ptr<const MappedFile> model, std::vector<WeightRange> ranges)
    : m_model(std::move(model)), m_ranges(std::move(ranges))
{
}

Expected<AttributeTensor> OnnxWeights::read(const onnx::TensorProto &proto, const std::string &what)
{
    AttributeTensor tensor;
    tensor.dtype = dtypeFromNumber(proto.data_type());
    if (tensor.dtype == DType::Undefined)
        return badInput(what, "its element type " + std::to_string(proto.data_type()) + " is unknown");
    if (proto.has_segment())
        return notSupported(what, "is stored in segments", "Save the model again without them.");
    if (proto.dims_size() > kMaxImportRank)
        return badInput(what, "has " + std::to_string(proto.dims_size()) + " dimensions");
    for (const std::int64_t dim : proto.dims()) {
        if (dim < 0)
            return badInput(what, "has a dimension of " + std::to_string(dim));
        tensor.dims.push_back(dim);
    }
    const std::optional<std::int64_t> count = elementCount(tensor.dims);
    std::int64_t bits = 0;
    if (!count || __builtin_mul_overflow(*count, bitsOf(tensor.dtype), &bits))
        return badInput(what, "its shape " + shapeText(tensor.dims) + " has more elements than can be counted");
    if (tensor.dtype == DType::String) {
        if (proto.string_data_size() != *count)
            return badInput(what, "holds " + std::to_string(proto.string_data_size()) + " strings, its shape needs " + std::to_string(*count));
        tensor.data = ConstantData::owned({});
        return tensor;
    }
    const auto size = static_cast<std::uint64_t>(bits / 8 + (bits % 8 != 0 ? 1 : 0));
    Expected<ConstantData> data = proto.data_location() == onnx::TensorProto::EXTERNAL ? readExternal(proto, size, what)
                                                                                        : readInline(proto, tensor.dtype, what);
    if (!data)
        return std::move(data.error());
    if (data->bytes().size() != size)
        return badInput(what, "holds " + std::to_string(data->bytes().size()) + " bytes, its shape " + shapeText(tensor.dims) + " of "
                                  + std::string(nameOf(tensor.dtype)) + " needs " + std::to_string(size),
                        "The file is damaged or was written wrongly.");
    tensor.data = *std::move(data);
    const auto isFlag = [](std::byte value) { return std::to_integer<unsigned>(value) <= 1; };
    if (tensor.dtype == DType::Bool && !std::ranges::all_of(tensor.data.bytes(), isFlag)) { // kernels take 0 and 1 alone
        std::vector<std::byte> flags;
        std::ranges::transform(tensor.data.bytes(), std::back_inserter(flags), [](std::byte value) { return std::byte(value != std::byte(0) ? 1 : 0); });
        tensor.data = ConstantData::owned(std::move(flags));
    }
    return tensor;
}

Expected<ConstantData> OnnxWeights::readInline(const onnx::TensorProto &proto, DType type, const std::string &what) const
{
    if (const std::optional<std::size_t> index = weightMarker(proto.doc_string()); index && *index < m_ranges.size()) {
        const WeightRange &range = m_ranges[*index];
        const bool fits = range.kind == WeightRange::Raw
                          || (range.kind == WeightRange::Float && (type == DType::Float32 || type == DType::Complex64))
                          || (range.kind == WeightRange::Double && (type == DType::Float64 || type == DType::Complex128));
        if (!fits)
            return badInput(what, "its values stand in a list of another type than " + std::string(nameOf(type)));
        return ConstantData::mapped(m_model, range.offset, range.size);
    }
    if (proto.has_raw_data())
        return ConstantData::owned(copyOf(proto.raw_data()));
    std::optional<std::vector<std::byte>> values = typedValues(proto, type);
    return ConstantData::owned(values ? *std::move(values) : std::vector<std::byte>());
}

Expected<ConstantData> OnnxWeights::readExternal(const onnx::TensorProto &proto, std::uint64_t size, const std::string &what)
{
    std::string location;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
    for (const onnx::StringStringEntryProto &entry : proto.external_data()) {
        if (entry.key() == "location") {
            location = entry.value();
        } else if (entry.key() == "offset" || entry.key() == "length") {
            const std::optional<std::uint64_t> number = unsignedNumber(entry.value());
            if (!number)
                return badInput(what, "the " + entry.key() + " of its external data is no number");
            (entry.key() == "offset" ? offset : length.emplace()) = *number;
        }
    }
    Expected<std::shared_ptr<const MappedFile>> file = externalFile(location, what);
    if (!file)
        return std::move(file.error());
    const std::uint64_t fileSize = (*file)->bytes().size();
    const std::uint64_t wanted = length.value_or(size);
    if (offset > fileSize || wanted > fileSize - offset)
        return badInput(what, "its external data (" + std::to_string(wanted) + " bytes from " + std::to_string(offset) + ") reaches past the end of "
                                  + location + " (" + std::to_string(fileSize) + " bytes)",
                        "Copy the whole file again.");
    return ConstantData::mapped(*file, offset, wanted);
}

Expected<std::shared_ptr<const MappedFile>> OnnxWeights::externalFile(const std::string &location, const std::string &what)
{
    if (const auto it = m_opened.find(location); it != m_opened.end())
        return it->second;
    const Error outside = badInput(what, "its external data \"" + location + "\" lies outside the model's folder",
                                   "External data must be a relative path below the model.");
    const fs::path relative(location);
    if (location.empty() || location.find('\0') != std::string::npos)
        return badInput(what, "its external data names no file");
    if (relative.is_absolute() || std::ranges::find(relative, fs::path("..")) != relative.end())
        return outside;
    std::error_code error;
    const fs::path parent = m_model->path().parent_path();
    const fs::path folder = fs::canonical(parent.empty() ? fs::path(".") : parent, error);
    if (error)
        return badInput(what, "the model's folder cannot be resolved: " + error.message());
    const fs::path file = fs::canonical(folder / relative, error);
    if (error)
        return badInput(what, "its external data \"" + location + "\" cannot be opened: " + error.message(), "Put the file beside the model.");
    if (!isInside(file, folder))
        return outside;
    Expected<std::shared_ptr<const MappedFile>> mapped = MappedFile::open(file);
    if (!mapped)
        return badInput(what, "its external data \"" + location + "\" " + mapped.error().why, mapped.error().fix);
    m_opened.emplace(location, *mapped);
    if (std::ranges::find(m_externalFiles, file) == m_externalFiles.end())
        m_externalFiles.push_back(file);
    return *mapped;
}

} // namespace nordlys::core
