// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/dtype.h>
#include <core/graph/shape.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace nordlys::core {

/// A tensor in host memory: C order, little endian, storage aligned to 64 bytes. Copies share nothing.
class HostTensor {
public:
    HostTensor() = default;
    /// BadInput when the size overflows or exceeds `maxBytes`; memory is zeroed.
    static Expected<HostTensor> create(DType dtype, Dims dims, std::size_t maxBytes = std::size_t(8) << 30);
    HostTensor(const HostTensor &other);
    HostTensor &operator=(const HostTensor &other);
    HostTensor(HostTensor &&) noexcept = default;
    HostTensor &operator=(HostTensor &&) noexcept = default;

    [[nodiscard]] DType dtype() const { return m_dtype; }
    [[nodiscard]] const Dims &dims() const { return m_dims; }
    [[nodiscard]] std::size_t elementCount() const { return m_count; }
    [[nodiscard]] std::span<std::byte> bytes() { return {m_data.get(), m_size}; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {m_data.get(), m_size}; }
    /// Typed view; the caller has checked dtype().
    template <typename T>
    [[nodiscard]] std::span<T> as()
    {
        return {reinterpret_cast<T *>(m_data.get()), m_count};
    }
    template <typename T>
    [[nodiscard]] std::span<const T> as() const
    {
        return {reinterpret_cast<const T *>(m_data.get()), m_count};
    }

private:
    struct Free {
        void operator()(std::byte *p) const;
    };
    DType m_dtype = DType::Undefined;
    Dims m_dims;
    std::size_t m_count = 0, m_size = 0;
    std::unique_ptr<std::byte[], Free> m_data;
};

/// NumPy .npy, format versions 1.0 to 3.0 (numpy.lib.format), C order or Fortran order (converted), little or big endian
/// (converted). BadInput names what is wrong (magic, header, size).
Expected<HostTensor> readNpy(const std::filesystem::path &path);
/// Written atomically, version 1.0.
Expected<void> writeNpy(const std::filesystem::path &path, const HostTensor &tensor);
/// ONNX TensorProto in a file of its own (.pb), as the backend tests and calibration sets use.
Expected<HostTensor> readTensorProto(const std::filesystem::path &path);

/// Converts float16/bfloat16/float64/integers to float32 (exact where float32 can hold it). NotSupported for strings and complex
/// types.
Expected<HostTensor> toFloat32(const HostTensor &tensor);

} // namespace nordlys::core
