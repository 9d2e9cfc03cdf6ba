// SPDX-License-Identifier: Apache-2.0
#include "onnx_functions.h"

#include "onnx_graph.h"
#include "onnx_node_names.h"
#include "onnx_scan.h"
#include "onnx_value_info.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace nordlys::core {

namespace {

// Fields that newer files have and this libonnx does not know (onnx.proto3, IR version 10).
constexpr int kNodeOverload = 8, kFunctionOverload = 13, kFunctionAttributeDefault = 11;

/// Name inside a function to name in the graph; "" is an input that is left out. Subgraphs see the names around them.
struct Scope {
    std::unordered_map<std::string, std::string> names;
    const Scope *outer = nullptr;

    [[nodiscard]] const std::string *find(const std::string &name) const
    {
        for (const Scope *scope = this; scope != nullptr; scope = scope->outer) {
            if (const auto it = scope->names.find(name); it != scope->names.end())
                return &it->second;
        }
        return nullptr;
    }
};

/// Texts of a length-delimited field that the parser put aside.
template <typename Message>
std::vector<std::string> unknownTexts(const Message &message, int number)
{
    std::vector<std::string> texts;
    const google::protobuf::UnknownFieldSet &fields = message.unknown_fields();
    for (int i = 0; i < fields.field_count(); ++i) {
        if (fields.field(i).number() == number && fields.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
            texts.push_back(fields.field(i).length_delimited());
    }
    return texts;
}

template <typename Message>
std::string overloadOf(const Message &message, int number)
{
    const std::vector<std::string> texts = unknownTexts(message, number);
    return texts.empty() ? std::string() : texts.back();
}

std::string keyOf(const std::string &domain, const std::string &name, const std::string &overload)
{
    return normalizedDomain(domain) + '\n' + name + '\n' + overload;
}

struct Function {
    const onnx::FunctionProto *proto = nullptr;
    const OpsetMap *opsets = nullptr; ///< null: as the model
    std::vector<onnx::AttributeProto> defaults;
};

/// Where the nodes that are being written come from.
struct Frame {
    const Function *function = nullptr;   ///< null: the file's own graph
    const onnx::NodeProto *call = nullptr;
    std::unordered_map<std::string_view, const onnx::AttributeProto *> given; ///< the call's attributes by name
    std::string prefix;                   ///< "CALL/"
    Scope scope;
    const Frame *caller = nullptr;
    int depth = 0;
};

class Inliner {
public:
    Inliner(onnx::ModelProto &model, const OpsetMap &modelOpsets, FunctionOpsets &opsets, const std::stop_token &stop)
        : m_model(model), m_modelOpsets(modelOpsets), m_opsets(opsets), m_stop(stop)
    {
    }

    Expected<void> run()
    {
        NORDLYS_TRY(readFunctions());
        if (!callsAny(m_model.graph()))
            return {};
        collectNames(m_model.graph());
        return expandGraph(*m_model.mutable_graph(), 1, Frame{});
    }

private:
    Expected<void> readFunctions()
    {
        for (const onnx::FunctionProto &proto : m_model.functions()) {
            Function function{&proto, nullptr, {}};
            OpsetMap opsets;
            for (const onnx::OperatorSetIdProto &opset : proto.opset_import())
                opsets.emplace(normalizedDomain(opset.domain()), static_cast<int>(std::clamp<std::int64_t>(opset.version(), 0, 1 << 30)));
            // A domain that only the model imports holds inside too.
            opsets.insert(m_modelOpsets.begin(), m_modelOpsets.end());
            if (opsets != m_modelOpsets) {
                m_opsets.owned.push_back(std::make_unique<const OpsetMap>(std::move(opsets)));
                function.opsets = m_opsets.owned.back().get();
            }
            for (const std::string &text : unknownTexts(proto, kFunctionAttributeDefault)) {
                onnx::AttributeProto attribute;
                if (!attribute.ParsePartialFromString(text))
                    return badInput(quoted("function", proto.name()), "a default of its attributes cannot be parsed");
                function.defaults.push_back(std::move(attribute));
            }
            if (!m_functions.emplace(keyOf(proto.domain(), proto.name(), overloadOf(proto, kFunctionOverload)), std::move(function)).second)
                return badInput(quoted("function", proto.name()), "is defined twice");
        }
        return {};
    }

    const Function *calledBy(const onnx::NodeProto &node) const
    {
        const auto found = m_functions.find(keyOf(node.domain(), node.op_type(), overloadOf(node, kNodeOverload)));
        return found == m_functions.end() ? nullptr : &found->second;
    }

    bool callsAny(const onnx::GraphProto &graph) const
    {
        return std::ranges::any_of(graph.node(), [&](const onnx::NodeProto &node) {
            return calledBy(node) != nullptr
                   || std::ranges::any_of(node.attribute(), [&](const onnx::AttributeProto &a) { return a.has_g() && callsAny(a.g()); });
        });
    }

    void collectNames(const onnx::GraphProto &graph)
    {
        for (const onnx::TensorProto &tensor : graph.initializer())
            m_taken.insert(tensor.name());
        for (const onnx::ValueInfoProto &info : graph.input())
            m_taken.insert(info.name());
        for (const onnx::NodeProto &node : graph.node()) {
            for (const std::string &output : node.output())
                m_taken.insert(output);
            for (const onnx::AttributeProto &attribute : node.attribute()) {
                if (attribute.has_g())
                    collectNames(attribute.g());
            }
        }
    }

    std::string freshName(const std::string &wanted)
    {
        if (m_taken.insert(wanted).second)
            return wanted;
        for (int &next = m_nextNumber[wanted];;) {
            std::string name = wanted + "_" + std::to_string(++next + 1);
            if (m_taken.insert(name).second)
                return name;
        }
    }

    /// Counts what was written; the limits are those of the whole file.
    Expected<void> grow(const Frame &frame, std::int64_t nodes, std::size_t bytes)
    {
        m_nodes += nodes;
        m_bytes += bytes;
        if (m_nodes > kMaxInlinedNodes || m_bytes > kMaxInlinedBytes)
            return badInput(quoted("function", frame.function->proto->name()),
                            "the functions of this file grow to more than " + std::to_string(kMaxInlinedNodes) + " nodes or "
                                + std::to_string(kMaxInlinedBytes >> 20) + " MiB when they are put in place of their calls");
        if (nodes > 0 && m_nodes % 1024 == 0 && m_stop.stop_requested())
            return interrupted("opening the model");
        return {};
    }

    /// Expands the calls of a graph whose names are already those of the result.
    Expected<void> expandGraph(onnx::GraphProto &graph, int graphDepth, const Frame &frame)
    {
        if (graphDepth > kMaxGraphDepth)
            return badInput(frame.function ? quoted("function", frame.function->proto->name()) : quoted("graph", graph.name()),
                            "subgraphs nest deeper than " + std::to_string(kMaxGraphDepth) + " levels");
        if (!callsAny(graph))
            return {};
        std::vector<std::string> noNotes;
        const std::vector<std::string> names = uniqueNodeNames(graph, noNotes);
        // On the same arena: then contents change places without being copied, and nodes of subgraphs keep their address.
        auto *written = google::protobuf::Arena::CreateMessage<onnx::GraphProto>(graph.GetArena());
        for (int i = 0; i < graph.node_size(); ++i) {
            onnx::NodeProto &node = *graph.mutable_node(i);
            node.set_name(names[static_cast<std::size_t>(i)]);
            NORDLYS_TRY(expandNode(node, *written, graphDepth, frame));
        }
        graph.mutable_node()->Swap(written->mutable_node());
        return {};
    }

    /// Writes a node, or what stands for it, to the end of `out`.
    Expected<void> expandNode(onnx::NodeProto &node, onnx::GraphProto &out, int graphDepth, const Frame &frame)
    {
        for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
            if (attribute.has_g())
                NORDLYS_TRY(expandGraph(*attribute.mutable_g(), graphDepth + 1, frame));
        }
        if (const Function *function = calledBy(node)) {
            m_opsets.ofNode.erase(&node);
            return expandCall(*function, node, out, graphDepth, frame);
        }
        onnx::NodeProto &written = *out.add_node();
        if (const auto opsets = m_opsets.ofNode.extract(&node); !opsets.empty())
            m_opsets.ofNode[&written] = opsets.mapped();
        written.Swap(&node);
        return {};
    }

    Expected<void> expandCall(const Function &function, const onnx::NodeProto &call, onnx::GraphProto &out, int graphDepth, const Frame &caller)
    {
        const onnx::FunctionProto &proto = *function.proto;
        const auto what = [&] { return quoted("node", call.name()) + " (" + call.op_type() + ")"; };
        for (const Frame *frame = &caller; frame != nullptr; frame = frame->caller) {
            if (frame->function == &function)
                return badInput(quoted("function", proto.name()), "calls itself, directly or through others", "Functions of a model must not be recursive.");
        }
        if (caller.depth >= kMaxFunctionDepth)
            return badInput(quoted("function", proto.name()), "functions call each other more than " + std::to_string(kMaxFunctionDepth) + " levels deep");
        if (call.input_size() > proto.input_size() || call.output_size() > proto.output_size())
            return badInput(what(), "passes " + std::to_string(call.input_size()) + " inputs and " + std::to_string(call.output_size())
                                        + " outputs, the function takes " + std::to_string(proto.input_size()) + " and "
                                        + std::to_string(proto.output_size()));
        Frame frame{&function, &call, {}, call.name() + "/", {}, &caller, caller.depth + 1};
        for (const onnx::AttributeProto &attribute : call.attribute())
            frame.given.emplace(attribute.name(), &attribute);
        NORDLYS_TRY(grow(frame, 1, call.name().size()));
        for (int i = 0; i < proto.input_size(); ++i) {
            if (!frame.scope.names.emplace(proto.input(i), i < call.input_size() ? call.input(i) : std::string()).second)
                return badInput(quoted("function", proto.name()), "its input \"" + proto.input(i) + "\" is declared twice");
        }
        // Outputs of the call; one that is an input of the function too, or stands there twice, is a copy.
        std::vector<std::pair<std::string, std::string>> copies;
        for (int i = 0; i < call.output_size(); ++i) {
            if (call.output(i).empty())
                continue;
            const auto [known, isNew] = frame.scope.names.emplace(proto.output(i), call.output(i));
            if (!isNew)
                copies.emplace_back(known->second, call.output(i));
        }
        NORDLYS_TRY(nameDefinitions(proto, frame));
        // Holds one node at a time: what it becomes goes to `out`.
        auto &body = *google::protobuf::Arena::CreateMessage<onnx::GraphProto>(out.GetArena());
        const std::vector<std::string> &names = bodyNames(proto);
        for (int i = 0; i < proto.node_size(); ++i) {
            NORDLYS_TRY(grow(frame, 1, proto.node(i).ByteSizeLong() + frame.prefix.size()));
            onnx::NodeProto &node = *body.add_node();
            node = proto.node(i);
            node.set_name(frame.prefix + names[static_cast<std::size_t>(i)]);
            NORDLYS_TRY(instantiate(node, frame, frame.scope, 1));
            NORDLYS_TRY(expandNode(node, out, graphDepth, frame));
            body.clear_node();
        }
        for (const auto &[from, to] : copies) {
            if (from.empty())
                return badInput(what(), "output \"" + to + "\" is an input of the function that this call leaves out");
            onnx::NodeProto &copy = *out.add_node();
            copy.set_op_type("Identity");
            copy.set_name(frame.prefix + "output_" + to);
            copy.add_input(from);
            copy.add_output(to);
            NORDLYS_TRY(grow(frame, 1, copy.ByteSizeLong()));
        }
        return {};
    }

    const std::vector<std::string> &bodyNames(const onnx::FunctionProto &proto)
    {
        std::vector<std::string> &names = m_bodyNames[&proto];
        if (names.empty() && proto.node_size() > 0) {
            onnx::GraphProto graph;
            *graph.mutable_node() = proto.node();
            std::vector<std::string> noNotes;
            names = uniqueNodeNames(graph, noNotes);
        }
        return names;
    }

    /// Gives everything that the function's nodes produce a name in the graph.
    Expected<void> nameDefinitions(const onnx::FunctionProto &proto, Frame &frame)
    {
        for (const onnx::NodeProto &node : proto.node()) {
            for (const std::string &output : node.output()) {
                if (!output.empty() && !frame.scope.names.contains(output))
                    NORDLYS_TRY(define(output, frame.scope, frame));
            }
        }
        return {};
    }

    Expected<void> define(const std::string &name, Scope &scope, const Frame &frame)
    {
        NORDLYS_TRY(grow(frame, 0, 2 * (frame.prefix.size() + name.size())));
        scope.names.emplace(name, freshName(frame.prefix + name));
        return {};
    }

    Expected<void> rename(std::string &name, const Scope &scope, const Frame &frame, const std::string &user)
    {
        if (name.empty())
            return {};
        const std::string *renamed = scope.find(name);
        if (renamed == nullptr)
            return badInput(quoted("function", frame.function->proto->name()), user + " reads tensor \"" + name + "\", which nobody produces",
                            "A function sees its inputs and its own nodes only.");
        NORDLYS_TRY(grow(frame, 0, renamed->size()));
        name = *renamed;
        return {};
    }

    /// Turns a copy of a function's node into one of this call: names, attributes, opset.
    Expected<void> instantiate(onnx::NodeProto &node, const Frame &frame, const Scope &scope, int graphDepth)
    {
        const std::string user = "node \"" + node.name() + "\" (" + node.op_type() + ")";
        for (std::string &input : *node.mutable_input())
            NORDLYS_TRY(rename(input, scope, frame, user));
        for (std::string &output : *node.mutable_output())
            NORDLYS_TRY(rename(output, scope, frame, user));
        if (frame.function->opsets)
            m_opsets.ofNode[&node] = frame.function->opsets;
        auto *attributes = node.mutable_attribute();
        int kept = 0;
        for (int i = 0; i < attributes->size(); ++i) {
            if (m_stop.stop_requested())
                return interrupted("opening the model");
            onnx::AttributeProto &attribute = *attributes->Mutable(i);
            if (attribute.ref_attr_name().empty()) {
                if (attribute.has_g())
                    NORDLYS_TRY(instantiate(*attribute.mutable_g(), frame, scope, graphDepth + 1));
                attributes->SwapElements(kept++, i);
                continue;
            }
            const onnx::AttributeProto *value = valueOf(attribute.ref_attr_name(), frame);
            if (value == nullptr) // not given and without a default: the operator's own default holds
                continue;
            NORDLYS_TRY(grow(frame, 0, value->ByteSizeLong()));
            const std::string name = attribute.name();
            attribute.CopyFrom(*value);
            attribute.set_name(name);
            if (value->has_g())
                copyOpsets(value->g(), attribute.g());
            attributes->SwapElements(kept++, i);
        }
        attributes->DeleteSubrange(kept, attributes->size() - kept);
        return {};
    }

    /// A subgraph inside a function: what it defines gets names of its own, what it reads from outside those of the call.
    Expected<void> instantiate(onnx::GraphProto &graph, const Frame &frame, const Scope &outer, int graphDepth)
    {
        if (graphDepth > kMaxGraphDepth)
            return badInput(quoted("function", frame.function->proto->name()), "subgraphs nest deeper than " + std::to_string(kMaxGraphDepth) + " levels");
        Scope scope{{}, &outer};
        // An initializer may stand among the inputs too.
        const auto defineOnce = [&](const std::string &name) {
            return name.empty() || scope.names.contains(name) ? Expected<void>() : define(name, scope, frame);
        };
        for (const onnx::ValueInfoProto &info : graph.input())
            NORDLYS_TRY(defineOnce(info.name()));
        for (const onnx::TensorProto &tensor : graph.initializer())
            NORDLYS_TRY(defineOnce(tensor.name()));
        for (const onnx::NodeProto &node : graph.node()) {
            for (const std::string &output : node.output())
                NORDLYS_TRY(defineOnce(output));
        }
        const std::string user = quoted("subgraph", graph.name());
        for (onnx::TensorProto &tensor : *graph.mutable_initializer())
            NORDLYS_TRY(rename(*tensor.mutable_name(), scope, frame, user));
        for (onnx::ValueInfoProto &info : *graph.mutable_input())
            NORDLYS_TRY(rename(*info.mutable_name(), scope, frame, user));
        for (onnx::ValueInfoProto &info : *graph.mutable_output())
            NORDLYS_TRY(rename(*info.mutable_name(), scope, frame, user));
        graph.clear_value_info(); // what it says of types is for other names
        for (onnx::NodeProto &node : *graph.mutable_node()) {
            NORDLYS_TRY(grow(frame, 1, frame.prefix.size())); // the other bytes were counted with the node that holds the graph
            if (!node.name().empty())
                node.set_name(frame.prefix + node.name());
            NORDLYS_TRY(instantiate(node, frame, scope, graphDepth));
        }
        return {};
    }

    /// The call's value of an attribute of the function, or its default.
    static const onnx::AttributeProto *valueOf(const std::string &name, const Frame &frame)
    {
        if (const auto given = frame.given.find(name); given != frame.given.end())
            return given->second;
        const auto found = std::ranges::find(frame.function->defaults, name, &onnx::AttributeProto::name);
        return found == frame.function->defaults.end() ? nullptr : &*found;
    }

    /// `to` is a copy of `from`.
    void copyOpsets(const onnx::GraphProto &from, const onnx::GraphProto &to)
    {
        for (int i = 0; i < from.node_size(); ++i) {
            if (const auto found = m_opsets.ofNode.find(&from.node(i)); found != m_opsets.ofNode.end()) {
                const OpsetMap *opsets = found->second; // the next line may move what `found` points to
                m_opsets.ofNode[&to.node(i)] = opsets;
            } else {
                m_opsets.ofNode.erase(&to.node(i)); // messages are used again: another node may have stood there
            }
            for (int a = 0; a < from.node(i).attribute_size(); ++a) {
                if (from.node(i).attribute(a).has_g())
                    copyOpsets(from.node(i).attribute(a).g(), to.node(i).attribute(a).g());
            }
        }
    }

    onnx::ModelProto &m_model;
    const OpsetMap &m_modelOpsets;
    FunctionOpsets &m_opsets;
    const std::stop_token &m_stop;
    std::unordered_map<std::string, Function> m_functions;
    std::unordered_map<const onnx::FunctionProto *, std::vector<std::string>> m_bodyNames;
    std::unordered_set<std::string> m_taken; ///< names of tensors anywhere in the model
    std::unordered_map<std::string, int> m_nextNumber;
    std::int64_t m_nodes = 0;
    std::size_t m_bytes = 0;
};

} // namespace

Expected<void> inlineFunctions(onnx::ModelProto &model, const OpsetMap &modelOpsets, FunctionOpsets &opsets, const std::stop_token &stop)
{
    if (model.functions_size() == 0)
        return {};
    return Inliner(model, modelOpsets, opsets, stop).run();
}

} // namespace nordlys::core
