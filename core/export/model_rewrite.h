// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nordlys::core {

/// A QuantizeLinear and a DequantizeLinear behind a value; for a constant whose codes are given, those and a DequantizeLinear.
struct QdqNodes {
    std::string value;
    DType codes = DType::UInt8;            ///< int4 to uint16; int32 with `stored` only
    std::vector<float> scales;
    Dims scaleDims;                        ///< none: one scale for all; one: per index of `axis`; the value's rank: blocks
    std::vector<std::int64_t> zeroPoints;  ///< as many as scales, with the sign of `codes`; int32 takes none
    int axis = -1;
    std::int64_t blockSize = 0;
    std::optional<std::vector<std::byte>> stored; ///< codes of the constant; 4-bit types packed, the low half first
    Dims dims;                             ///< of `stored`
};

/// Float32 values of a constant.
struct FloatConstant {
    Dims dims;
    std::vector<float> values;
};

/// A copy of an ONNX file in memory whose top graph can be changed and written as another file. What is not changed stays as the file has it, unknown
/// fields included. Nodes are called as in Model::graph. Nothing here ever writes the source file.
class ModelRewrite {
public:
    /// NotSupported naming them: a model that defines functions (its graph shows their nodes, the file only the calls), or a file over 2 GB.
    static Expected<ModelRewrite> open(const Model &model, const JobContext &job = {});
    ModelRewrite(ModelRewrite &&) noexcept;
    ModelRewrite &operator=(ModelRewrite &&) noexcept;
    ~ModelRewrite();

    /// Gives input `index` of the node other float32 values. A constant that only this node reads keeps its name; where others read it too, or where
    /// the node has no such input, the values become an initializer of their own called `name`, with a number where that is taken.
    Expected<void> setInput(const std::string &node, std::size_t index, const std::string &name, const Dims &dims, std::span<const float> values);
    /// Takes the node out; what produced its first input produces its output instead, under the output's name. BadInput where anybody else reads that
    /// input, or where it comes from no node.
    Expected<void> bypass(const std::string &node);
    /// Turns a unary operator into Relu: attributes and further inputs go.
    Expected<void> becomeRelu(const std::string &node);

    /// The value that a node reads; empty: it has no such input.
    [[nodiscard]] std::string inputOf(const std::string &node, std::size_t index) const;
    enum class Place { Constant, GraphInput, Output };
    [[nodiscard]] std::map<std::string, Place> places() const; ///< all values; Constant: initializers and Constant nodes; Output: of any other node
    /// An initializer or Constant node as it stands now. NotSupported where it is no float32, BadInput where its data do not fit its shape.
    Expected<FloatConstant> floatsOf(const std::string &value) const;

    /// Puts the nodes in, each value once. Who read a value reads what comes out of its DequantizeLinear, outputs of the graph and bodies of control
    /// flow too: there the value's name goes to the DequantizeLinear's output, and what was called so before gets the ending kQuantizeInputEnding
    /// (core/quantization/qdq_encodings.h). A stored constant hands its name on the same way. Returns the graph inputs that somebody still reads as they
    /// are: their names belong to the caller of the model.
    Expected<std::vector<std::string>> addQdq(std::span<const QdqNodes> values);

    [[nodiscard]] int opset() const; ///< of ai.onnx
    /// Raises the version of ai.onnx, 7 to 21, and the IR version that it needs. Operators whose newer version reads the same differently are translated
    /// (attributes that became inputs); NotSupported names those that cannot be. Lower versions than the model's change nothing.
    Expected<void> raiseOpset(int version);

    /// Writes the file whole or not at all. Weights that were outside the file stay there: in another folder they are copied beside the new file
    /// first, and CannotWrite says so where something else stands in that place. Usage error where `target` is the source or its external data;
    /// NotSupported where more than 2 GB would have to stand in the file.
    Expected<void> write(const std::filesystem::path &target, const JobContext &job = {}) const;

private:
    struct State;
    explicit ModelRewrite(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace nordlys::core
