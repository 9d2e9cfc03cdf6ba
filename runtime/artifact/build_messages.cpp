// SPDX-License-Identifier: Apache-2.0
#include "build_messages.h"

#include <runtime/kernels/kernel.h>
#include <runtime/plan/plan_data.h>

namespace nordlys::runtime {

namespace {

std::string nodeOf(const core::Graph &graph, const std::string &tensorName)
{
    const core::TensorId id = graph.findTensor(tensorName);
    if (!id.isValid())
        return {};
    const core::Tensor &tensor = graph.tensor(id);
    const core::NodeId node = tensor.producer.isValid() || tensor.consumers.empty() ? tensor.producer : tensor.consumers.front();
    return node.isValid() ? std::string(graph.nameOf(node)) : std::string();
}

} // namespace

void sayUnsupported(const core::Graph &graph, BuildTracker &tracker)
{
    if (!tracker.listens())
        return;
    for (const core::Node &node : graph.nodes) {
        const std::string_view op = graph.names.text(node.opType), domain = graph.names.text(node.domain);
        if (findReferenceKernel(domain, op, node.opset) == nullptr)
            tracker.say(BuildSeverity::Error, "no kernel for " + std::string(op) + " of opset " + std::to_string(node.opset),
                        std::string(graph.names.text(node.name)));
    }
}

void sayFindings(const core::Model &model, BuildTracker &tracker)
{
    if (!tracker.listens())
        return;
    for (const core::InferenceFinding &finding : model.findings)
        tracker.say(BuildSeverity::Warning, finding.rule, std::string(model.graph.nameOf(finding.node)));
}

void sayCoverage(const core::EncodingCoverage &coverage, const core::Graph &graph, BuildTracker &tracker)
{
    if (!tracker.listens())
        return;
    for (const std::string &name : coverage.missing)
        tracker.say(BuildSeverity::Warning, name + " has no encoding and stays float", nodeOf(graph, name), name);
    for (const std::string &name : coverage.extra)
        tracker.say(BuildSeverity::Warning, "the encoding of " + name + " belongs to no tensor of the model");
    for (const auto &renamed : coverage.renamed)
        tracker.say(BuildSeverity::Warning, "the encoding " + renamed.from + " is not used; it looks like that of " + renamed.to, nodeOf(graph, renamed.to),
                    renamed.to);
    for (const auto &violation : coverage.violations)
        tracker.say(BuildSeverity::Warning, violation.tensor + ": " + violation.message + (violation.fix.empty() ? "" : ". " + violation.fix),
                    nodeOf(graph, violation.tensor), violation.tensor);
}

void sayPlan(const Plan &plan, BuildTracker &tracker)
{
    if (!tracker.listens())
        return;
    const auto &layers = plan.layers();
    const auto &steps = plan.data().program.steps;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const core::LayerInfo &layer = layers[i];
        const std::string node = layer.sourceNodes.empty() ? std::string() : layer.sourceNodes.front();
        if (layer.sourceNodes.size() > 1)
            tracker.say(BuildSeverity::Info, std::to_string(layer.sourceNodes.size()) + " nodes become one layer, " + layer.op, node);
        if (i < steps.size() && !steps[i].fast && layer.macs > 0)
            tracker.say(BuildSeverity::Warning, layer.op + " runs on the plain kernel " + layer.kernel + ", which is slow", node);
    }
    for (const std::string &node : plan.foldedNodes())
        tracker.say(BuildSeverity::Info, "computed now: its value is constant", node);
    for (const std::string &node : plan.removedNodes())
        tracker.say(BuildSeverity::Info, "left out: nothing needs its value", node);
}

} // namespace nordlys::runtime
