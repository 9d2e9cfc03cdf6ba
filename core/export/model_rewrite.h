// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace nordlys::core {

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
