// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/graph.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

class ThreadPool;

/// Attributes of one operator call by name; ordered, so that what is written from them is reproducible.
using AttributeMap = std::map<std::string, core::AttributeValue, std::less<>>;

/// Largest number of dimensions that kernels take.
inline constexpr std::size_t maxRank = 12;
using Strides = std::array<std::int64_t, maxRank>;

/// A tensor as a kernel sees it when it is bound. Dims are in the model's order; `channelsLast` says that the data of a
/// 4-dimensional tensor N, C, H, W lies as N, H, W, C.
struct TensorDesc {
    bool present = false; ///< false: optional input or output that is left out
    core::DType dtype = core::DType::Undefined;
    core::Dims dims;
    bool channelsLast = false;
    const std::byte *constant = nullptr; ///< data, aligned for its type, when it is known at plan time

    [[nodiscard]] std::size_t rank() const { return dims.size(); }
    /// The dims were checked when the tensor was entered into the plan: the product fits.
    [[nodiscard]] std::int64_t elementCount() const;
    /// Distance in elements between neighbours of every dimension, in the model's order of dims.
    [[nodiscard]] Strides strides() const;
};

/// Bytes of one element; 0 for types that kernels do not store one by one (strings, 4 bit).
std::size_t elementSize(core::DType type);
/// Types of 4 bits: two elements a byte, the first one in the low half.
bool isPacked(core::DType type);
/// Bytes of `count` elements, a last half byte filled up; 0 for strings.
std::size_t storageBytes(core::DType type, std::int64_t count);

/// One operator call to be bound to a kernel.
struct KernelCall {
    std::string_view node; ///< for messages
    std::string_view op, domain;
    int opset = 0;
    const AttributeMap *attributes = nullptr;
    std::vector<TensorDesc> inputs, outputs;

    [[nodiscard]] bool hasInput(std::size_t index) const { return index < inputs.size() && inputs[index].present; }
    [[nodiscard]] bool hasOutput(std::size_t index) const { return index < outputs.size() && outputs[index].present; }
    [[nodiscard]] const core::AttributeValue *attribute(std::string_view name) const;
    [[nodiscard]] std::int64_t intAttribute(std::string_view name, std::int64_t fallback) const;
    [[nodiscard]] float floatAttribute(std::string_view name, float fallback) const;
    [[nodiscard]] std::string stringAttribute(std::string_view name, std::string_view fallback) const;
    /// Nothing when the attribute is absent or no list of integers.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> intsAttribute(std::string_view name) const;
    /// Values of a constant int32 or int64 input; nothing when it is absent or only known while running.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> constantInts(std::size_t input) const;

    /// BadInput that names the node and the rule that it breaks.
    [[nodiscard]] core::Error broken(std::string rule) const;
    /// NotSupported that names the node and what cannot be done.
    [[nodiscard]] core::Error unsupported(std::string what) const;
    /// For parameters (axes, sizes ...) that come from an input whose values are not known yet: the call is bound again while running, when all are.
    [[nodiscard]] core::Error needsValues(std::string what) const { return unsupported(std::move(what) + " " + std::string(valuesAreNeeded)); }
    /// In the text of the errors of needsValues().
    static constexpr std::string_view valuesAreNeeded = "that are only known while running have no kernel";
    /// Inputs first..last and output 0 exist and have a type in which kernels compute; the number of dims is within maxRank.
    [[nodiscard]] core::Expected<void> require(std::size_t inputCount, std::size_t outputCount = 1) const;
    /// The same for kernels that also take types of 4 bits.
    [[nodiscard]] core::Expected<void> requireOrPacked(std::size_t inputCount, std::size_t outputCount = 1) const;
};

/// Null: done. Otherwise a message of static storage: why the values of this run cannot be computed.
using KernelStatus = const char *;

/// Pointers of one run; an input or output that is left out is null, also past the end of the lists up to minPointers.
struct KernelRun {
    static constexpr std::size_t minPointers = 8;
    const std::byte *const *inputs = nullptr;
    std::byte *const *outputs = nullptr;
    std::byte *scratch = nullptr; ///< scratchBytes(threads of the pool), 64-byte aligned
    ThreadPool *pool = nullptr;   ///< never null

    template <typename T>
    [[nodiscard]] const T *input(std::size_t index) const { return reinterpret_cast<const T *>(inputs[index]); }
    template <typename T>
    [[nodiscard]] T *output(std::size_t index) const { return reinterpret_cast<T *>(outputs[index]); }
};

/// A kernel whose shapes and parameters are settled and checked: running it touches only the described memory and allocates nothing.
struct BoundKernel {
    std::function<KernelStatus(const KernelRun &)> run;
    std::string name;
    std::function<std::size_t(int threads)> scratchBytes; ///< empty: none
    int inPlaceInput = -1; ///< output 0 may lie where this input lies (same size); -1: none
};

/// Where no output has an element there is nothing to compute: the kernel then runs nothing and needs no memory. Loops over the other dimensions of such
/// tensors, which may be as long as they like, never begin.
void skipWithoutOutput(std::span<const TensorDesc> outputs, BoundKernel &kernel);

/// Checks the call completely (dims of the outputs against inputs and attributes) and settles the parameters.
using BindFunction = core::Expected<BoundKernel> (*)(const KernelCall &);

struct KernelEntry {
    std::string_view domain, op;
    int sinceVersion = 1;
    BindFunction bind = nullptr;
    bool anyLayout = false; ///< understands channelsLast tensors in any mixture
};

/// Reference kernel for an operator at an opset version; null when there is none.
const KernelEntry *findReferenceKernel(std::string_view domain, std::string_view op, int opset);

} // namespace nordlys::runtime
