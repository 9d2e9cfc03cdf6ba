// SPDX-License-Identifier: Apache-2.0
#include "host_tensor.h"

#include "npy_header.h"

#include <core/base/atomic_file.h>
#include <core/base/mapped_file.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace nordlys::core {

static_assert(std::endian::native == std::endian::little, "tensor files are little endian and copied as they are");

namespace {

// Walks the source in its own (Fortran) order; `position` is the index of the element in C order.
void copyFromFortran(std::span<const std::byte> source, std::span<std::byte> target, const Dims &dims, std::size_t itemSize)
{
    const std::size_t rank = dims.size();
    std::vector<std::size_t> stride(rank, 1), index(rank, 0);
    for (std::size_t i = rank; i-- > 1;)
        stride[i - 1] = stride[i] * static_cast<std::size_t>(dims[i]);
    std::size_t position = 0;
    for (std::size_t i = 0; i < source.size(); i += itemSize) {
        std::memcpy(target.data() + position * itemSize, source.data() + i, itemSize);
        for (std::size_t d = 0; d < rank; ++d) {
            position += stride[d];
            if (++index[d] < static_cast<std::size_t>(dims[d]))
                break;
            position -= stride[d] * index[d];
            index[d] = 0;
        }
    }
}

} // namespace

Expected<HostTensor> readNpy(const std::filesystem::path &path)
{
    auto file = MappedFile::open(path);
    NORDLYS_TRY(file);
    const std::string what = path.string();
    const std::span<const std::byte> bytes = (*file)->bytes();
    auto header = parseNpyHeader(bytes, what);
    NORDLYS_TRY(header);
    const std::size_t stored = bytes.size() - header->dataOffset;
    // Never allocate more than the file can fill.
    auto tensor = HostTensor::create(header->dtype, header->dims, stored);
    if (!tensor || tensor->bytes().size() != stored) {
        return badInput(what, "the header asks for " + (tensor ? std::to_string(tensor->bytes().size()) + " bytes" : "more") +
                                  " (shape " + shapeText(header->dims) + ", " + std::string(nameOf(header->dtype)) +
                                  "), the file holds " + std::to_string(stored));
    }
    const std::span<const std::byte> data = bytes.subspan(header->dataOffset);
    const std::span<std::byte> target = tensor->bytes();
    const std::size_t itemSize = static_cast<std::size_t>(bitsOf(header->dtype)) / 8;
    if (header->fortranOrder && header->dims.size() > 1)
        copyFromFortran(data, target, header->dims, itemSize);
    else if (!target.empty())
        std::memcpy(target.data(), data.data(), target.size());
    if (header->bigEndian) {
        const bool isComplex = header->dtype == DType::Complex64 || header->dtype == DType::Complex128;
        const std::size_t width = isComplex ? itemSize / 2 : itemSize;
        for (std::size_t i = 0; i < target.size(); i += width)
            std::reverse(target.begin() + static_cast<std::ptrdiff_t>(i),
                         target.begin() + static_cast<std::ptrdiff_t>(i + width));
    }
    if (header->dtype == DType::Bool) {
        for (std::byte &value : target)
            value = std::byte(value != std::byte(0) ? 1 : 0); // another bit pattern in a bool is undefined behaviour
    }
    return tensor;
}

Expected<void> writeNpy(const std::filesystem::path &path, const HostTensor &tensor)
{
    const std::string descriptor = npyDescriptor(tensor.dtype());
    if (descriptor.empty()) {
        return notSupported(path.string(), "NumPy has no type for " + std::string(nameOf(tensor.dtype())),
                            "Convert the tensor to float32 first.");
    }
    std::string dictionary = "{'descr': '" + descriptor + "', 'fortran_order': False, 'shape': (";
    for (std::size_t i = 0; i < tensor.dims().size(); ++i)
        dictionary += (i ? ", " : "") + std::to_string(tensor.dims()[i]);
    dictionary += tensor.dims().size() == 1 ? ",), }" : "), }";
    const std::size_t prefix = 10;
    const std::size_t total = (prefix + dictionary.size() + 1 + 63) / 64 * 64; // data start at a multiple of 64, as NumPy does
    dictionary.append(total - prefix - dictionary.size() - 1, ' ');
    dictionary += '\n';
    if (dictionary.size() > 0xffff)
        return notSupported(path.string(), "the shape is too long for a .npy header");
    std::string header("\x93NUMPY\x01\x00", 8);
    header += static_cast<char>(dictionary.size() & 0xff);
    header += static_cast<char>(dictionary.size() >> 8);
    header += dictionary;
    auto writer = AtomicFileWriter::create(path);
    NORDLYS_TRY(writer);
    NORDLYS_TRY(writer->write(std::string_view(header)));
    NORDLYS_TRY(writer->write(tensor.bytes()));
    return writer->commit();
}

} // namespace nordlys::core
