// SPDX-License-Identifier: Apache-2.0
#include "raise_opset.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace nordlys::core {

namespace {

constexpr int kOldest = 7, kNewest = 21;

bool isMainDomain(const std::string &domain) { return domain.empty() || domain == "ai.onnx"; }

onnx::AttributeProto *attributeOf(onnx::NodeProto &node, std::string_view name)
{
    for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
        if (attribute.name() == name)
            return &attribute;
    }
    return nullptr;
}

void removeAttribute(onnx::NodeProto &node, std::string_view name)
{
    for (int i = node.attribute_size(); i-- > 0;) {
        if (node.attribute(i).name() == name)
            node.mutable_attribute()->DeleteSubrange(i, 1);
    }
}

void setInput(onnx::NodeProto &node, int index, const std::string &value)
{
    while (node.input_size() <= index)
        node.add_input();
    node.set_input(index, value);
}

enum class Change {
    Refused,
    IntegersToInput, ///< an attribute with whole numbers became an input
    FloatToInput,    ///< one with a number
    DropIfOne,       ///< an attribute of which only 1 is left
    OneOutput,       ///< further outputs went or mean something else
    SoftmaxAxis,
    SplitCount,
};

struct Step {
    const char *op;
    int version;
    Change change;
    const char *attribute = "";
    int input = 1;
};

// The versions of ai.onnx that changed an operator's form or meaning.
constexpr Step kSteps[] = {
    {"BatchNormalization", 9, Change::DropIfOne, "spatial"},
    {"Scan", 9, Change::Refused},
    {"Upsample", 9, Change::Refused},
    {"Slice", 10, Change::IntegersToInput, "starts", 1},
    {"Slice", 10, Change::IntegersToInput, "ends", 2},
    {"Slice", 10, Change::IntegersToInput, "axes", 3},
    {"TopK", 10, Change::IntegersToInput, "k"},
    {"Upsample", 10, Change::Refused},
    {"Clip", 11, Change::FloatToInput, "min", 1},
    {"Clip", 11, Change::FloatToInput, "max", 2},
    {"Pad", 11, Change::IntegersToInput, "pads", 1},
    {"Pad", 11, Change::FloatToInput, "value", 2},
    {"Resize", 11, Change::Refused},
    {"Scatter", 11, Change::Refused},
    {"Dropout", 12, Change::FloatToInput, "ratio"},
    {"Resize", 13, Change::Refused},
    {"Softmax", 13, Change::SoftmaxAxis},
    {"LogSoftmax", 13, Change::SoftmaxAxis},
    {"Hardmax", 13, Change::SoftmaxAxis},
    {"Squeeze", 13, Change::IntegersToInput, "axes"},
    {"Unsqueeze", 13, Change::IntegersToInput, "axes"},
    {"ReduceSum", 13, Change::IntegersToInput, "axes"},
    {"Split", 13, Change::IntegersToInput, "split"},
    {"BatchNormalization", 14, Change::OneOutput},
    {"RoiAlign", 16, Change::Refused},
    {"ReduceL1", 18, Change::IntegersToInput, "axes"},
    {"ReduceL2", 18, Change::IntegersToInput, "axes"},
    {"ReduceLogSum", 18, Change::IntegersToInput, "axes"},
    {"ReduceLogSumExp", 18, Change::IntegersToInput, "axes"},
    {"ReduceMax", 18, Change::IntegersToInput, "axes"},
    {"ReduceMean", 18, Change::IntegersToInput, "axes"},
    {"ReduceMin", 18, Change::IntegersToInput, "axes"},
    {"ReduceProd", 18, Change::IntegersToInput, "axes"},
    {"ReduceSumSquare", 18, Change::IntegersToInput, "axes"},
    {"Split", 18, Change::SplitCount},
    {"GridSample", 20, Change::Refused},
    {"DFT", 20, Change::Refused},
    {"GroupNormalization", 21, Change::Refused},
};

class Raise {
public:
    Raise(onnx::GraphProto &top, int from, int to, const OpsetHelp &help) : m_top(top), m_from(from), m_to(to), m_help(help) {}

    /// Bodies nest no deeper than the import allows.
    void change(onnx::GraphProto &graph)
    {
        for (onnx::NodeProto &node : *graph.mutable_node()) {
            for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
                if (attribute.has_g())
                    change(*attribute.mutable_g());
                for (onnx::GraphProto &body : *attribute.mutable_graphs())
                    change(body);
            }
            for (const Step &step : kSteps) {
                if (isMainDomain(node.domain()) && step.version > m_from && step.version <= m_to && node.op_type() == step.op && !apply(step, node))
                    refuse(node, step.version);
            }
        }
    }

    [[nodiscard]] const std::string &refused() const { return m_refused; }

private:
    bool apply(const Step &step, onnx::NodeProto &node)
    {
        const onnx::AttributeProto *attribute = attributeOf(node, step.attribute);
        switch (step.change) {
        case Change::Refused: return false;
        case Change::OneOutput: return node.output_size() == 1;
        case Change::DropIfOne:
            if (attribute != nullptr && attribute->i() != 1)
                return false;
            removeAttribute(node, step.attribute);
            return true;
        case Change::IntegersToInput:
        case Change::FloatToInput:
            if (attribute == nullptr)
                return true;
            setInput(node, step.input, addConstant(node, *attribute));
            removeAttribute(node, step.attribute);
            return true;
        case Change::SoftmaxAxis: {
            // Before, all axes from this one on were one: the same where it is the last.
            const auto rank = node.input_size() > 0 ? m_help.rankOf(node.input(0)) : std::nullopt;
            onnx::AttributeProto *axis = attributeOf(node, "axis");
            const std::int64_t stated = axis != nullptr ? axis->i() : 1;
            if (!rank || *rank < 1 || (stated != *rank - 1 && stated != -1))
                return false;
            if (axis == nullptr) {
                axis = node.add_attribute();
                axis->set_name("axis");
                axis->set_type(onnx::AttributeProto::INT);
            }
            axis->set_i(-1);
            return true;
        }
        case Change::SplitCount:
            if (node.input_size() < 2 || node.input(1).empty()) {
                onnx::AttributeProto *count = node.add_attribute();
                count->set_name("num_outputs");
                count->set_type(onnx::AttributeProto::INT);
                count->set_i(node.output_size());
            }
            return true;
        }
        return false;
    }

    /// The attribute's value as an initializer of the top graph, which bodies see too.
    std::string addConstant(const onnx::NodeProto &node, const onnx::AttributeProto &attribute)
    {
        onnx::TensorProto &tensor = *m_top.add_initializer();
        tensor.set_name(m_help.freeName((node.output_size() > 0 ? node.output(0) : node.name()) + "_" + attribute.name()));
        if (attribute.type() == onnx::AttributeProto::FLOAT) {
            tensor.set_data_type(onnx::TensorProto::FLOAT);
            tensor.add_float_data(attribute.f());
            return tensor.name();
        }
        tensor.set_data_type(onnx::TensorProto::INT64);
        if (attribute.type() == onnx::AttributeProto::INT)
            tensor.add_int64_data(attribute.i());
        else
            tensor.mutable_int64_data()->CopyFrom(attribute.ints());
        tensor.add_dims(tensor.int64_data_size());
        return tensor.name();
    }

    void refuse(const onnx::NodeProto &node, int version)
    {
        if (++m_count <= 5)
            m_refused += (m_refused.empty() ? "" : ", ") + node.op_type() + " " + (node.name().empty() ? node.output_size() > 0 ? node.output(0) : "" : node.name()) +
                         " (changed in " + std::to_string(version) + ")";
        else if (m_count == 6)
            m_refused += " and others";
    }

    onnx::GraphProto &m_top;
    int m_from, m_to;
    const OpsetHelp &m_help;
    std::string m_refused;
    int m_count = 0;
};

/// The oldest IR version that may name this version of ai.onnx.
int irVersionFor(int opset) { return opset >= 21 ? 10 : opset >= 19 ? 9 : opset >= 15 ? 8 : opset >= 12 ? 7 : opset >= 11 ? 6 : opset >= 10 ? 5 : 3; }

} // namespace

int opsetOf(const onnx::ModelProto &model)
{
    int version = 0;
    for (const onnx::OperatorSetIdProto &set : model.opset_import()) {
        if (isMainDomain(set.domain()))
            version = static_cast<int>(std::clamp<std::int64_t>(set.version(), 0, std::numeric_limits<int>::max()));
    }
    return version;
}

Expected<void> raiseOpset(onnx::ModelProto &model, int to, const OpsetHelp &help)
{
    const int from = opsetOf(model);
    if (from >= to)
        return {};
    const std::string what = "opset " + std::to_string(to);
    if (from < kOldest || to > kNewest)
        return notSupported(what, "the model has opset " + std::to_string(from) + ", and versions from " + std::to_string(kOldest) + " to " + std::to_string(kNewest) +
                                      " can be raised",
                            "Export the model with a newer opset.");
    onnx::GraphProto changed = model.graph();
    Raise raise(changed, from, to, help);
    raise.change(changed);
    if (!raise.refused().empty())
        return notSupported(what, "the model has opset " + std::to_string(from) + ", and a newer one reads these nodes differently: " + raise.refused(),
                            "Export the model with a newer opset.");
    model.mutable_graph()->Swap(&changed);
    for (onnx::OperatorSetIdProto &set : *model.mutable_opset_import()) {
        if (isMainDomain(set.domain()))
            set.set_version(to);
    }
    model.set_ir_version(std::max<std::int64_t>(model.ir_version(), irVersionFor(to)));
    return {};
}

} // namespace nordlys::core
