// SPDX-License-Identifier: Apache-2.0
#include "sample_file.h"

#include <core/base/mapped_file.h>
#include <core/tensor/convert.h>

#include <cstring>

namespace nordlys::core {

namespace {

std::string lowerExtension(const std::filesystem::path &path)
{
    std::string extension = path.extension().string();
    for (char &c : extension)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return extension;
}

Expected<HostTensor> readRaw(const std::filesystem::path &path, DType dtype, const Dims &dims)
{
    auto file = MappedFile::open(path);
    NORDLYS_TRY(file);
    const auto bytes = (*file)->bytes();
    const auto count = elementCount(dims);
    const std::uint64_t elements = count ? static_cast<std::uint64_t>(*count) : 0;
    const bool isFloat32 = bytes.size() % 4 == 0 && bytes.size() / 4 == elements;
    const bool isNative = bitsOf(dtype) >= 8 && bytes.size() == elements * (static_cast<std::uint64_t>(bitsOf(dtype)) / 8);
    if (!count || (!isFloat32 && !isNative)) {
        return badInput(path.string(), "it holds " + std::to_string(bytes.size()) + " bytes, shape " + shapeText(dims) +
                                           " needs " + std::to_string(elements * 4) + " (float32)");
    }
    auto tensor = HostTensor::create(isFloat32 ? DType::Float32 : dtype, dims);
    NORDLYS_TRY(tensor);
    if (!bytes.empty())
        std::memcpy(tensor->bytes().data(), bytes.data(), bytes.size());
    return tensor;
}

Dims withoutOnes(Dims dims)
{
    std::erase(dims, 1);
    return dims;
}

Expected<HostTensor> fitted(HostTensor tensor, const std::filesystem::path &path, DType dtype, const Dims &dims)
{
    if (containsNaN(tensor))
        return badInput(path.string(), "it contains NaN");
    if (withoutOnes(tensor.dims()) != withoutOnes(dims))
        return badInput(path.string(), "its shape is " + shapeText(tensor.dims()) + ", the model's input is " + shapeText(dims));
    if (tensor.dims() != dims) {
        auto reshaped = HostTensor::create(tensor.dtype(), dims);
        NORDLYS_TRY(reshaped);
        std::memcpy(reshaped->bytes().data(), tensor.bytes().data(), tensor.bytes().size());
        tensor = *std::move(reshaped);
    }
    if (tensor.dtype() == dtype)
        return tensor;
    auto converted = convertTensor(tensor, dtype);
    if (!converted)
        converted.error().what = path.string();
    return converted;
}

} // namespace

SampleFileKind sampleFileKind(const std::filesystem::path &path)
{
    const std::string extension = lowerExtension(path);
    if (extension == ".png" || extension == ".jpg" || extension == ".jpeg")
        return SampleFileKind::Image;
    return extension == ".npy" || extension == ".pb" || extension == ".raw" ? SampleFileKind::Tensor : SampleFileKind::None;
}

Expected<HostTensor> readSampleFile(const std::filesystem::path &path, DType dtype, const Dims &dims,
                                    const PreprocessRecipe &recipe)
{
    const auto read = [&]() -> Expected<HostTensor> {
        if (sampleFileKind(path) == SampleFileKind::Image) {
            auto image = readImage(path);
            NORDLYS_TRY(image);
            auto tensor = preprocess(*image, recipe, dims);
            if (!tensor)
                tensor.error().what = path.string();
            return tensor;
        }
        const std::string extension = lowerExtension(path);
        if (extension == ".npy")
            return readNpy(path);
        return extension == ".pb" ? readTensorProto(path) : readRaw(path, dtype, dims);
    };
    auto tensor = read();
    NORDLYS_TRY(tensor);
    return fitted(*std::move(tensor), path, dtype, dims);
}

} // namespace nordlys::core
