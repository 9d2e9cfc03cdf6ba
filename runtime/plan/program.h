// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/quantization/encoding.h>
#include <runtime/base/aligned_buffer.h>
#include <runtime/kernels/fast/epilogue.h>
#include <runtime/kernels/kernel.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

/// The working form of a plan: passes rewrite it, the lowering settles layouts, memory and kernels, and the artifact stores it.
namespace nordlys::runtime {

/// Domain of the operators that only plans have: "Layout" and "QuantizeDequantize".
inline constexpr std::string_view planDomain = "nordlys";

/// Constant data, aligned for every element type; kept alive by its owner. Cheap to copy.
struct ConstantBytes {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
};
/// Fresh memory for a constant: 64-byte aligned, zeroed.
core::Expected<std::shared_ptr<AlignedBuffer>> makeConstantBuffer(std::size_t bytes);
ConstantBytes constantFrom(std::shared_ptr<AlignedBuffer> buffer);
/// A copy; its place is not null even where there are no bytes.
core::Expected<ConstantBytes> copiedConstant(std::span<const std::byte> bytes);

/// Arena: known size, a place in the program's memory. Constant: known bytes. External: known size, somebody else's memory that is only read (inputs of a
/// body). Dynamic: a Value whose size or kind is only known while running; dims then hold what is known (-1: not) and are empty when the rank is not.
enum class Storage : std::uint8_t { Arena, Constant, External, Dynamic };

struct ProgramTensor {
    std::string name;
    bool fromSource = true; ///< false: a copy or value that only the plan has; observers do not see it
    core::DType dtype = core::DType::Undefined;
    core::Dims dims;
    bool channelsLast = false;
    Storage storage = Storage::Arena;
    std::size_t bytes = 0;
    std::size_t arenaOffset = 0;
    ConstantBytes constant;

    [[nodiscard]] TensorDesc desc() const;
    [[nodiscard]] bool isFixed() const { return storage != Storage::Dynamic; }
};

struct Program;

/// A subgraph of If, Loop, Scan or SequenceMap: a program whose inputs are the subgraph's formal inputs, then what it captures from outside.
struct ProgramBody {
    std::string attribute; ///< "then_branch", "body" ...
    std::shared_ptr<Program> program;
    std::size_t formalInputs = 0;
    std::vector<int> captures; ///< per captured input: which of the step's inputs it is
};

struct ProgramStep {
    std::string name, label; ///< label: "Conv+Relu"
    std::string op, domain;
    int opset = 0;
    AttributeMap attributes;
    std::vector<int> inputs, outputs; ///< tensor indices, -1: left out; behind the operator's own inputs stand those that its bodies capture
    std::vector<ProgramBody> bodies;  ///< of control flow; shared by copies of the step
    std::vector<std::string> sourceNodes;
    std::int64_t macs = 0;

    FusedActivation activation = FusedActivation::None;
    float low = 0, high = 0;      ///< of Clip
    int residual = -1;            ///< which of the inputs is added before the activation
    std::vector<std::optional<core::Encoding>> quantizers; ///< per output: quantize-dequantize after the step
    bool fast = false;            ///< uses a fast kernel
    bool late = false;            ///< bound while running, when the values of its inputs are known
    ConstantBytes packed;         ///< its packed weights

    [[nodiscard]] Epilogue epilogue(const float *residualData) const { return {residualData, activation, low, high}; }
};

struct Program {
    std::vector<ProgramTensor> tensors;
    std::vector<ProgramStep> steps;
    std::vector<int> inputs, outputs;
    std::vector<std::string> inputNames, outputNames;
    std::vector<core::ValueKind> inputKinds, outputKinds; ///< of a model's program, as the file states them; empty: all are tensors
    std::vector<std::string> foldedNodes;  ///< source nodes whose values became constants
    std::vector<std::string> removedNodes; ///< source nodes that nothing needs
    std::size_t arenaBytes = 0;

    [[nodiscard]] bool isConstant(int tensor) const { return tensor >= 0 && tensors[static_cast<std::size_t>(tensor)].storage == Storage::Constant; }
    [[nodiscard]] ProgramTensor &tensor(int index) { return tensors[static_cast<std::size_t>(index)]; }
    [[nodiscard]] const ProgramTensor &tensor(int index) const { return tensors[static_cast<std::size_t>(index)]; }
    [[nodiscard]] bool isOutput(int tensor) const;
    [[nodiscard]] bool isInput(int tensor) const;
    int addTensor(ProgramTensor tensor);
    /// Producer step per tensor, -1 for none.
    [[nodiscard]] std::vector<int> producers() const;
    /// Every tensor of the step has a known size, and it is no control flow and not bound late: what passes may rewrite.
    [[nodiscard]] bool isFixed(const ProgramStep &step) const;
};

using NameSet = std::unordered_set<std::string>;

/// Bytes of a tensor; nothing when a dim is negative or the product leaves what kernels can address.
std::optional<std::size_t> checkedTensorBytes(core::DType type, const core::Dims &dims);

/// The call that a step stands for, without the residual that is fused into it.
KernelCall callOf(const Program &program, const ProgramStep &step);

} // namespace nordlys::runtime
