// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dtype.h"
#include "shape.h"

#include <core/base/ids.h>
#include <core/base/names.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace nordlys::core {

class MappedFile;
struct Graph;

/// Where a constant's bytes lie: little endian, C order, without padding (4-bit types packed, low nibble first). Either a range of
/// a mapped file, which is not read before somebody asks, or bytes owned here. Mapped bytes need not be aligned for their element
/// type: copy them out. Cheap to copy. String constants have no bytes.
class ConstantData {
public:
    ConstantData() = default;
    static ConstantData mapped(std::shared_ptr<const MappedFile> file, std::uint64_t offset, std::uint64_t size);
    static ConstantData owned(std::vector<std::byte> bytes);
    /// Bytes of somebody else, who keeps them alive longer than this.
    static ConstantData borrowed(std::span<const std::byte> bytes);

    [[nodiscard]] std::span<const std::byte> bytes() const { return m_bytes; }
    [[nodiscard]] bool isMapped() const { return m_file != nullptr; }

private:
    std::shared_ptr<const MappedFile> m_file;
    std::shared_ptr<const std::vector<std::byte>> m_owned;
    std::span<const std::byte> m_bytes;
};

/// What a value is: nearly always a tensor (onnx.proto3 TypeProto).
enum class ValueKind : std::uint8_t { Tensor, Sequence, OptionalTensor, OptionalSequence, Other };

/// A value of the graph: graph input, weight, or output of a node.
struct Tensor {
    NameId name;
    DType dtype = DType::Undefined;       ///< of a sequence or optional: of the tensors in it
    ValueKind kind = ValueKind::Tensor;   ///< as the file states it; Other: maps, sparse tensors, sequences in sequences
    std::optional<Shape> shape;           ///< nothing: rank unknown, or no tensor
    NodeId producer;                      ///< invalid for inputs and constants
    std::vector<NodeId> consumers;        ///< a node stands here once per use
    std::optional<ConstantData> constant; ///< set for initializers
    bool isGraphInput = false;
    bool isGraphOutput = false;
    bool isFromConstantNode = false; ///< a constant that the file holds as a Constant node, not as an initializer

    [[nodiscard]] bool isConstant() const { return constant.has_value(); }
};

/// A constant that belongs to an attribute.
struct AttributeTensor {
    DType dtype = DType::Undefined;
    Dims dims;
    ConstantData data;
};

using AttributeValue = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                                    std::vector<std::string>, AttributeTensor, std::shared_ptr<const Graph>>;

struct Attribute {
    NameId name;
    AttributeValue value;
};

/// One operator call. `inputs` may hold invalid ids (optional inputs that are left out).
struct Node {
    NameId name;   ///< unique in the graph; made up by the importer where the file gives none
    NameId opType; ///< "Conv"
    NameId domain; ///< "" for ai.onnx
    int opset = 0; ///< version of that domain which the model declares
    std::vector<TensorId> inputs;
    std::vector<TensorId> outputs;
    std::vector<Attribute> attributes;
};

/// A network. Nodes and tensors are addressed by id; nodes are in an order in which every producer precedes its consumers.
/// Plain data: copies are independent (constants share their bytes).
struct Graph {
    NameTable names;
    NameId name;
    std::vector<Node> nodes;
    std::vector<Tensor> tensors;
    std::vector<TensorId> inputs;  ///< graph inputs that must be fed (initializers listed as inputs are not here)
    std::vector<TensorId> outputs;

    [[nodiscard]] const Node &node(NodeId id) const { return nodes[id.index]; }
    [[nodiscard]] Node &node(NodeId id) { return nodes[id.index]; }
    [[nodiscard]] const Tensor &tensor(TensorId id) const { return tensors[id.index]; }
    [[nodiscard]] Tensor &tensor(TensorId id) { return tensors[id.index]; }
    [[nodiscard]] std::string_view nameOf(NodeId id) const { return names.text(nodes[id.index].name); }
    [[nodiscard]] std::string_view nameOf(TensorId id) const { return names.text(tensors[id.index].name); }
    [[nodiscard]] std::string_view opOf(NodeId id) const { return names.text(nodes[id.index].opType); }
    /// Linear search by name; for many look-ups build an index.
    [[nodiscard]] TensorId findTensor(std::string_view name) const;
    [[nodiscard]] NodeId findNode(std::string_view name) const;

    TensorId addTensor(std::string_view name, DType dtype = DType::Undefined, std::optional<Shape> shape = std::nullopt);
    /// Also enters the node as producer and consumer of its tensors.
    NodeId addNode(Node node);
    /// Recomputes producer and consumers of all tensors from the nodes.
    void relink();
};

/// Attribute look-up with the type that the caller wants; nothing when absent or of another type.
const Attribute *findAttribute(const Graph &graph, const Node &node, std::string_view name);
std::int64_t attributeInt(const Graph &graph, const Node &node, std::string_view name, std::int64_t fallback);
double attributeFloat(const Graph &graph, const Node &node, std::string_view name, double fallback);
std::string attributeString(const Graph &graph, const Node &node, std::string_view name, std::string_view fallback);
std::vector<std::int64_t> attributeInts(const Graph &graph, const Node &node, std::string_view name);

} // namespace nordlys::core
