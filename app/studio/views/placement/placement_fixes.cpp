// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement_fixes.h"

#include <studio/workspace/counted.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <algorithm>

namespace nordlys::studio {
namespace {

core::Change both(core::Change first, core::Change second, std::string title)
{
    auto batch = std::make_shared<core::ChangeBatch>();
    batch->title = std::move(title);
    batch->changes = {std::move(first), std::move(second)};
    return {std::shared_ptr<const core::ChangeBatch>(std::move(batch))};
}

} // namespace

PlacementTotals::PlacementTotals(const core::PlacementPlan &plan)
    : segments(plan.segments.size()), crossings(plan.crossings.size()), crossingUs(PlacementKeeper::crossingUs(plan))
{
    for (const core::Crossing &crossing : plan.crossings)
        bytes += crossing.bytes;
}

QString PlacementFixes::shortText(const core::NodePlacement &place, core::Backend wanted)
{
    const core::BackendReason &reason = place.reasonOf(wanted);
    if (place.isFolded)
        return {};
    if (reason.kind == core::ReasonKind::MissingEncoding)
        return place.backend == wanted ? tr("Calibrate") : tr("Calibrate, put on %1").arg(backendName(wanted));
    if (reason.allowed)
        return place.backend == wanted ? QString() : tr("Put on %1").arg(backendName(wanted));
    return toQString(reason.fix);
}

void PlacementFixes::addMove(std::vector<PlacementFix> &fixes, std::vector<core::NodeId> nodes, core::Backend wanted,
                             const QString &title, const QString &text) const
{
    if (m_workspace.placement().movable(nodes, wanted).empty())
        return;
    fixes.push_back({PlacementFix::Kind::Change, title, text, m_workspace.placement().assignment(nodes, wanted)});
}

void PlacementFixes::addEncodingFix(std::vector<PlacementFix> &fixes, core::NodeId node, core::Backend wanted) const
{
    const Document &document = *m_workspace.document();
    const core::BackendTable &table = m_workspace.placement().capabilities()->of(wanted);
    const core::Node &entry = document.graph().node(node);
    std::vector<core::TensorId> wrong;
    for (const auto *list : {&entry.inputs, &entry.outputs}) {
        for (const core::TensorId tensor : *list) {
            const core::QuantizableTensor *quantizable = tensor.isValid() ? document.quantizableOf(tensor) : nullptr;
            const core::EncodingEntry *held =
                quantizable ? m_workspace.encodings().find(document.graph().nameOf(tensor)) : nullptr;
            if (!held || held->encoding.isFloat || quantizable->kind == core::QuantizableKind::Bias)
                continue;
            const std::vector<int> &bits =
                quantizable->kind == core::QuantizableKind::Activation ? table.activationBits : table.weightBits;
            if (!bits.empty() && std::ranges::find(bits, held->encoding.bitwidth) == bits.end() &&
                std::ranges::find(wrong, tensor) == wrong.end())
                wrong.push_back(tensor);
        }
    }
    if (wrong.empty())
        return;
    constexpr int kCommonBits = 8;
    auto encode = EncodingEdits(document, m_workspace.edits()).setBits(wrong, kCommonBits);
    if (!encode)
        return;
    const QString tensors = wrong.size() == 1 ? toQString(document.graph().nameOf(wrong.front()))
                                              : Counted::tensors(static_cast<qint64>(wrong.size()));
    core::Change place{core::SetBackend{std::string(document.graph().nameOf(node)), wanted}};
    fixes.push_back({PlacementFix::Kind::Change,
                     tr("Encode with %1 bit, put on %2").arg(kCommonBits).arg(backendName(wanted)),
                     tr("%1 gets %2 bit; its range stays.").arg(tensors).arg(kCommonBits),
                     both(*std::move(encode), std::move(place), "encode for " + std::string(core::nameOf(wanted)))});
}

void PlacementFixes::addNeighbourFix(std::vector<PlacementFix> &fixes, core::NodeId node, core::Backend wanted) const
{
    // A value inside a fused group that leaves it for another backend: its other users come along.
    const core::Graph &graph = m_workspace.document()->graph();
    std::vector<core::NodeId> users;
    for (const core::TensorId tensor : m_workspace.placement().plan()->of(node).reasonOf(wanted).missing) {
        if (m_workspace.placement().plan()->segmentOf(graph.tensor(tensor).producer) == core::PlacementPlan::kNoSegment)
            continue;
        users.push_back(graph.tensor(tensor).producer);
        users.insert(users.end(), graph.tensor(tensor).consumers.begin(), graph.tensor(tensor).consumers.end());
    }
    std::erase_if(users, [&](core::NodeId user) { return m_workspace.placement().backendOf(user) == wanted; });
    if (users.empty())
        return;
    addMove(fixes, users, wanted, tr("Put its neighbours on %1 too").arg(backendName(wanted)),
            tr("What is fused into one operator stays together."));
}

std::vector<PlacementFix> PlacementFixes::of(core::NodeId node, core::Backend wanted) const
{
    std::vector<PlacementFix> fixes;
    const core::PlacementPlan &plan = *m_workspace.placement().plan();
    const core::NodePlacement &place = plan.of(node);
    const core::BackendReason &reason = place.reasonOf(wanted);
    if (place.isFolded)
        return fixes;
    const QString name = backendName(wanted);
    if (!reason.allowed) {
        if (reason.kind == core::ReasonKind::Encoding)
            addEncodingFix(fixes, node, wanted);
        if (fixes.empty() && !reason.fix.empty())
            fixes.push_back({PlacementFix::Kind::Advice, tr("Not from here"), toQString(reason.fix), std::nullopt});
    } else if (place.backend != wanted) {
        addMove(fixes, {node}, wanted, tr("Put this operator on %1").arg(name),
                place.follows.isValid() || place.assigned ? tr("Changes its assignment.")
                                                          : tr("What is fused with it comes along."));
        const core::Segment &segment = plan.segments[plan.segmentOf(node)];
        const std::vector<core::NodeId> movable = m_workspace.placement().movable(segment.nodes, wanted);
        if (movable.size() > 1)
            addMove(fixes, segment.nodes, wanted, tr("Put segment %1 on %2").arg(segment.id + 1).arg(name),
                    tr("%1 of its %2").arg(movable.size()).arg(Counted::ops(static_cast<qint64>(segment.nodes.size()))));
    }
    if (reason.allowed && reason.kind == core::ReasonKind::MissingEncoding) {
        if (place.backend == wanted)
            addNeighbourFix(fixes, node, wanted);
        fixes.push_back({PlacementFix::Kind::Calibrate, tr("Calibrate"),
                         tr("%1 needs encodings; calibration gives them to every tensor.").arg(name), std::nullopt});
    }
    return fixes;
}

} // namespace nordlys::studio
