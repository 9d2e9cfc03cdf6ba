// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/tensor/host_tensor.h>

#include <memory>
#include <vector>

namespace nordlys::runtime {

/// What flows between the nodes of a graph whose sizes or kinds are only known while it runs: a tensor, a sequence of values
/// (onnx.proto3 SequenceProto), or nothing (an optional without a value, or an input that is left out). An optional that has a value is that value.
/// Contents are shared and never change once they are in a Value; copying one is cheap.
class Value {
public:
    enum class Kind : std::uint8_t { Nothing, Tensor, Sequence };
    using Elements = std::vector<Value>;

    Value() = default;
    static Value ofTensor(core::HostTensor tensor) { return ofTensor(std::make_shared<const core::HostTensor>(std::move(tensor))); }
    static Value ofTensor(std::shared_ptr<const core::HostTensor> tensor)
    {
        Value value;
        value.m_tensor = std::move(tensor);
        return value;
    }
    /// `elementType`: what the elements are tensors of, also when there are none.
    static Value ofSequence(Elements elements, core::DType elementType)
    {
        Value value;
        value.m_elements = std::make_shared<const Elements>(std::move(elements));
        value.m_elementType = elementType;
        return value;
    }

    [[nodiscard]] Kind kind() const { return m_tensor ? Kind::Tensor : m_elements ? Kind::Sequence : Kind::Nothing; }
    [[nodiscard]] bool isTensor() const { return m_tensor != nullptr; }
    [[nodiscard]] bool isSequence() const { return m_elements != nullptr; }
    [[nodiscard]] bool isNothing() const { return kind() == Kind::Nothing; }
    /// Only of tensors.
    [[nodiscard]] const core::HostTensor &tensor() const { return *m_tensor; }
    [[nodiscard]] const std::shared_ptr<const core::HostTensor> &sharedTensor() const { return m_tensor; }
    /// Only of sequences.
    [[nodiscard]] const Elements &elements() const { return *m_elements; }
    /// Type of the tensor or of a sequence's tensors; Undefined for nothing.
    [[nodiscard]] core::DType elementType() const { return m_tensor ? m_tensor->dtype() : m_elementType; }

private:
    std::shared_ptr<const core::HostTensor> m_tensor;
    std::shared_ptr<const Elements> m_elements;
    core::DType m_elementType = core::DType::Undefined;
};

} // namespace nordlys::runtime
