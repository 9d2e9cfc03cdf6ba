// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/quantization/encoding.h>
#include <runtime/plan/bind_step.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nordlys::runtime {

/// Stands for everything that a value was computed from: kernels, attributes, constants, encodings, back to the inputs of the sample. Values of one sample
/// with the same key are the same value, whatever plan they come from (128 bit: two that meet by chance are not to be expected).
struct ValueKey {
    std::uint64_t a = 0, b = 0; ///< both 0: none
    friend bool operator==(const ValueKey &, const ValueKey &) = default;
};
struct ValueKeyHash {
    std::size_t operator()(const ValueKey &key) const { return static_cast<std::size_t>(key.a); }
};

class KeyMaker {
public:
    KeyMaker &add(std::uint64_t value);
    KeyMaker &add(std::string_view text);
    KeyMaker &add(std::span<const std::byte> bytes);
    KeyMaker &add(const ValueKey &key) { return add(key.a).add(key.b); }
    KeyMaker &add(const core::Dims &dims);
    KeyMaker &add(const core::Encoding &encoding);
    [[nodiscard]] ValueKey key() const;

private:
    std::uint64_t m_a = 0x243f6a8885a308d3, m_b = 0x13198a2e03707344;
};

/// Keys of constant data, remembered as long as the data is in use.
class ConstantKeys {
public:
    ValueKey of(const ConstantBytes &data);
    /// Forgets what was not asked for since the last call.
    void dropUnused();

private:
    struct Entry {
        ConstantBytes data; ///< keeps the place from being used for something else
        ValueKey key;
        bool used = true;
    };
    std::unordered_map<const std::byte *, Entry> m_entries;
};

/// Per tensor of the program the key of its value (after the quantize step where it is an input); constants have those of their data.
std::vector<ValueKey> valueKeys(const Program &program, const std::vector<BoundStep> &steps, ConstantKeys &constants);

} // namespace nordlys::runtime
